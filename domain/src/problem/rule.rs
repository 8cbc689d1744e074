//! The rules by name: identifier, source, and what `{given}` stands for.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident $id:literal $source:literal;)+) => {
        /// Every rule that an answer can break.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $($(#[doc = $doc])+ $name,)+ }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable identifier; also the key of its sentence in `problem.toml` or `finding.toml`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// The law, standard or practice that the rule comes from.
            pub fn source(self) -> &'static str {
                match self { $(Self::$name => $source,)+ }
            }
        }
    };
}

rules! {
    /// An answer is missing.
    Required "required" "ICP provider interface V3.0";
    /// An answer is longer than the form allows; given: the limit.
    TooLong "too-long" "ICP provider interface V3.0";
    /// An answer is shorter than the form allows; given: the limit.
    TooShort "too-short" "ICP provider interface V3.0";
    /// Control or invisible characters.
    Unprintable "unprintable" "GB 18030-2022";
    /// A code that its table does not hold.
    UnknownCode "unknown-code" "ICP provider interface V3.0, code tables";
    /// A code that may no longer be chosen.
    RetiredCode "retired-code" "ICP provider interface V3.0, code tables";
    /// No electronic certificate of this system, or one that was changed.
    NotOurCertificate "not-our-certificate" "Order 33 (2005), Art. 13";
    /// Not a date of the form 2026-11-22.
    DateFormat "date-format" "GB/T 7408.1-2023";
    /// A day that is too early; given: the earliest.
    DateEarliest "date-earliest" "Administration of policies: the past stays";
    /// Not a whole number within bounds; given: the bounds.
    NumberBounds "number-bounds" "MIIT Order 33, Art. 12; ICP provider interface V3.0";
    /// Registered already; given: what.
    Taken "taken" "ICP provider interface V3.0";

    /// Neither 18 nor 15 characters.
    IdLength "id-length" "GB 11643-1999";
    /// Something else than digits and a last X.
    IdCharacters "id-characters" "GB 11643-1999";
    /// The first two digits name no province.
    IdProvince "id-province" "GB/T 2260-2007";
    /// 18 digits that begin with 81, 82 or 83: a residence permit.
    IdResidencePermit "id-residence-permit" "State Council 国办发〔2018〕81号";
    /// Digits 7 to 14 are no date of birth, or one in the future.
    IdBirthDate "id-birth-date" "GB 11643-1999";
    /// The last character does not fit; given: the one that would.
    IdCheckDigit "id-check-digit" "GB 11643-1999";
    /// A number of the first generation, invalid since 2013; given: the same person's 18 digits.
    IdLegacy "id-legacy" "Resident Identity Card Law 2011, Art. 23";
    /// A credit code that has not 18 characters.
    UsccLength "uscc-length" "GB 32100-2015";
    /// A character that a credit code cannot contain; given: it.
    UsccCharacters "uscc-characters" "GB 32100-2015";
    /// Digits 3 to 8 of a credit code are not all digits.
    UsccDivision "uscc-division" "GB 32100-2015";
    /// The last character of a credit code does not fit; given: the one that would.
    UsccCheckDigit "uscc-check-digit" "GB 32100-2015";
    /// Not 8 characters and a check character.
    OrgCodeFormat "org-code-format" "GB 11714-1997";
    /// The check character does not fit; given: the one that would.
    OrgCodeCheckDigit "org-code-check-digit" "GB 11714-1997";
    /// Neither a credit code (18) nor a registration number (15).
    LicenceLength "licence-length" "GB 32100-2015; GS 15-2006";
    /// The last digit of a registration number does not fit; given: the one that would.
    RegistrationCheckDigit "registration-check-digit" "GS 15-2006 (ISO 7064 MOD 11,10)";
    /// Not a passport number.
    PassportFormat "passport-format" "ICAO Doc 9303";
    /// Not H or M with 8 or 10 digits.
    HkMacauPermitFormat "hk-macau-permit-format" "Mainland travel permit for Hong Kong and Macao residents";
    /// Not 8 or 10 digits.
    TaiwanPermitFormat "taiwan-permit-format" "Mainland travel permit for Taiwan residents";
    /// A residence permit that does not start with 81 or 82 (Hong Kong, Macao) or 83 (Taiwan); given: what it starts with.
    ResidencePermitPrefix "residence-permit-prefix" "State Council 国办发〔2018〕81号";
    /// Not a number of the foreigner's permanent residence card.
    ForeignResidenceFormat "foreign-residence-format" "Foreigner's permanent residence card 2017, 2023";
    /// Something else than the letters, digits, Chinese characters and signs such a certificate has.
    CertificateFormat "certificate-format" "ICP provider interface V3.0";
    /// The certificate does not belong to the sponsor's nature.
    CertificateNature "certificate-nature" "ICP provider interface V3.0, certificate types";
    /// A person in charge with a certificate that is not a person's.
    CertificatePersonal "certificate-personal" "ICP provider interface V3.0, certificate types";
    /// Valid from a day that is yet to come.
    CertificateNotYet "certificate-not-yet" "Provider guidance: validity of certificates";
    /// Ends before it begins.
    CertificateOrder "certificate-order" "Provider guidance: validity of certificates";
    /// Has ended.
    CertificateExpired "certificate-expired" "Provider guidance: validity of certificates";
    /// Ends within three months; given: the first day on which it may end.
    CertificateEnding "certificate-ending" "Provider guidance: more than three months left";
    /// Younger than the bureau allows; given: the age.
    TooYoung "too-young" "Provincial rules: age of persons in charge";

    /// Not 11 digits from 13 to 19.
    MobileFormat "mobile-format" "MIIT numbering plan 2017";
    /// A prefix that cannot receive the confirmation; given: the prefix.
    MobilePrefix "mobile-prefix" "SMS confirmation rules";
    /// Not 086-010-12345678.
    OfficePhoneFormat "office-phone-format" "ICP provider interface V3.0";
    /// Neither a mobile nor an office number.
    EmergencyPhoneFormat "emergency-phone-format" "Provider guidance: emergency phone";
    /// The emergency phone is the person's own mobile.
    EmergencyOwnMobile "emergency-own-mobile" "Provider guidance: emergency phone";
    /// The bureau wants different emergency phones for sponsor and site.
    EmergencyShared "emergency-shared" "Provincial rules: emergency phones";
    /// Two persons with one phone; given: the other person.
    PhoneShared "phone-shared" "Provider guidance: one person one phone";
    /// A mobile that serves as many filings as one may; given: how many.
    MobileExhausted "mobile-exhausted" "Provider guidance: one mobile serves at most three filings";
    /// Not an e-mail address.
    EmailFormat "email-format" "RFC 5321; ICP provider interface V3.0";
    /// Two persons with one e-mail address; given: the other person.
    EmailShared "email-shared" "Provider guidance: one person one e-mail";
    /// One certificate number with two names; given: the other spelling.
    PersonSpelling "person-spelling" "Provider guidance: one person one spelling";
    /// A person's name with other than letters, Chinese characters and a point.
    PersonNameFormat "person-name-format" "GB/T 40660-2021";

    /// No such province.
    ProvinceUnknown "province-unknown" "GB/T 2260-2007";
    /// No such city, or not in this province.
    CityUnknown "city-unknown" "GB/T 2260-2007";
    /// No such county, or not in this city.
    CountyUnknown "county-unknown" "GB/T 2260-2007";
    /// The city has counties and none is chosen.
    CountyMissing "county-missing" "GB/T 2260-2007";
    /// No door number, and not said to be the most precise.
    AddressDoorNumber "address-door-number" "Provider guidance: address down to the door";
    /// An address without any Chinese character.
    AddressFormat "address-format" "Provider guidance: address down to the door";
    /// The certificate's address names another city than the postal address; given: that place.
    AddressOtherCity "address-other-city" "Provincial rules: postal address in the city of the certificate";

    /// The individual's own name is not the person in charge.
    IndividualName "individual-name" "Provider notice 2007";
    /// The individual's certificate is not the one of the person in charge.
    IndividualCertificate "individual-certificate" "Provider notice 2007";
    /// An individual's site with a service that only units may offer; given: the service.
    IndividualService "individual-service" "Provider guidance: sites of individuals";
    /// Nothing is said about pre-approval.
    PreapprovalUnanswered "preapproval-unanswered" "MIIT Order 33, Art. 11";
    /// "None of these" together with a kind of pre-approval.
    PreapprovalContradiction "preapproval-contradiction" "MIIT Order 33, Art. 11";
    /// Number of the approval is missing; given: the kind.
    ApprovalNumberMissing "approval-number-missing" "MIIT Order 33, Art. 11";

    /// Fewer than three characters.
    SiteNameShort "site-name-short" "Provider guidance: site names";
    /// Nothing but digits, letters or signs.
    SiteNameNoChinese "site-name-no-chinese" "Provider guidance: site names";
    /// Looks like a domain name.
    SiteNameDomain "site-name-domain" "Provider guidance: site names";
    /// A special character; given: it.
    SiteNameCharacter "site-name-character" "Provider guidance: site names";
    /// A word that no site may carry; given: it.
    SiteNameForbidden "site-name-forbidden" "Provider guidance: site names";
    /// An individual's site name longer than ten characters.
    SiteNamePersonalLength "site-name-personal-length" "Provider guidance: sites of individuals";
    /// A word of company, place or industry in an individual's site name; given: it.
    SiteNamePersonalWord "site-name-personal-word" "Provider guidance: sites of individuals";
    /// A word that needs a pre-approval that is not ticked; given: it.
    SiteNamePreapproval "site-name-preapproval" "Provider guidance: site names";
    /// Two sites of the filing with one name.
    SiteNameRepeated "site-name-repeated" "ICP provider interface V3.0, result 1020";

    /// Begins with http:// or the like.
    DomainScheme "domain-scheme" "ICP provider interface V3.0; RFC 3986";
    /// Begins with www.; given: the name without it.
    DomainWww "domain-www" "Provider guidance: domain names";
    /// Has a path, a port, a user or a query.
    DomainPath "domain-path" "ICP provider interface V3.0";
    /// An IP address instead of a name.
    DomainIsAddress "domain-is-address" "ICP provider interface V3.0";
    /// A character that no domain name has; given: it.
    DomainCharacter "domain-character" "RFC 1123; RFC 5891";
    /// A label empty, too long, or beginning or ending with a hyphen; given: it.
    DomainLabel "domain-label" "RFC 1035; RFC 5891";
    /// No dot.
    DomainSingleLabel "domain-single-label" "ICP provider interface V3.0";
    /// Shorter than 4 or longer than 128 characters.
    DomainLength "domain-length" "ICP provider interface V3.0";
    /// An `xn--` label or a name in Chinese that IDNA does not allow.
    DomainIdn "domain-idn" "RFC 5891; UTS 46";
    /// A label that mixes letters of several scripts; given: it.
    DomainLookalike "domain-lookalike" "UTS 39";
    /// Only a public suffix such as com.cn.
    DomainIsSuffix "domain-is-suffix" "Public Suffix List";
    /// Below a registrable domain; given: that domain.
    DomainNotRegistrable "domain-not-registrable" "ICP provider interface V3.0; Public Suffix List";
    /// A suffix without the ministry's approval; given: the suffix.
    DomainSuffixNotApproved "domain-suffix-not-approved" "MIIT Order 43 (2017); 工信部信管〔2017〕264号";
    /// The sponsor's nature asks for other suffixes; given: them.
    DomainNature "domain-nature" "Provider guidance: domains of public bodies";
    /// Two sites of the filing with one domain.
    DomainRepeated "domain-repeated" "工信管函〔2019〕633号";
    /// Filed, or being filed, by another sponsor.
    DomainTaken "domain-taken" "ICP provider interface V3.0, result 1005";
    /// Filed under one's own sponsor; given: its number.
    DomainFiled "domain-filed" "ICP provider interface V3.0, result 1037";
    /// In another filing of one's own that is on its way.
    DomainUnderWay "domain-under-way" "ICP provider interface V3.0, result 1017";
    /// The sponsor is filed, by somebody else.
    SponsorFiled "sponsor-filed" "ICP provider interface V3.0, result 1003";
    /// The sponsor is filed already, by this account; given: its number.
    OwnSponsorFiled "own-sponsor-filed" "ICP provider interface V3.0, result 1003";
    /// Another filing of the sponsor is on its way.
    SponsorUnderWay "sponsor-under-way" "ICP provider interface V3.0, results 1017, 1052";
    /// More sites than the bureau takes in one filing; given: how many.
    TooManySites "too-many-sites" "Provincial rules: number of sites";
    /// Begins with http:// or the like.
    HomePageScheme "home-page-scheme" "ICP provider interface V3.0, result 1022";
    /// Not under the site's domain; given: the domain.
    HomePageDomain "home-page-domain" "ICP provider interface V3.0, result 1041";
    /// A character, port or label that an address of a page cannot have.
    HomePageFormat "home-page-format" "ICP provider interface V3.0, result 1022";

    /// No site in the filing.
    NoSite "no-site" "ICP provider interface V3.0";
    /// No access of a site.
    NoAccess "no-access" "ICP provider interface V3.0";
    /// Two same accesses of a site.
    AccessRepeated "access-repeated" "ICP provider interface V3.0, result 1029";
    /// Not one of the licensed providers.
    ProviderUnknown "provider-unknown" "MIIT Order 33, Art. 10";
    /// Another provider than the one of the filing's first access.
    ProviderDiffers "provider-differs" "ICP provider interface V3.0: a filing is reported by one provider";
    /// Not a service of the provider that is in use.
    ServiceCode "service-code" "Provider notice 2007, product verification";
    /// Not an IP address; given: the line.
    AddressNotIp "address-not-ip" "RFC 791; RFC 4291";
    /// Begin behind end; given: the line.
    RangeOrder "range-order" "ICP provider interface V3.0, result 2002";
    /// IPv4 and IPv6 in one range; given: the line.
    RangeFamilies "range-families" "ICP provider interface V3.0";
    /// Private or reserved; given: the line.
    RangeReserved "range-reserved" "IANA special-purpose address registries";
    /// Not the provider's; given: the line.
    RangeNotProviders "range-not-providers" "ICP provider interface V3.0, result 1063";
    /// Written twice, or overlapping another; given: the line.
    RangeRepeated "range-repeated" "ICP provider interface V3.0, result 1024";
    /// More lines than the form takes; given: how many.
    TooManyRanges "too-many-ranges" "ICP provider interface V3.0";
    /// The place of the servers is not the one of the addresses; given: the place of the addresses.
    LocationMismatch "location-mismatch" "Provider guidance: place of servers";

    /// Addresses that sites use; given: how many sites.
    RangeInUse "range-in-use" "ICP provider interface V3.0, result 1063";
    /// A code with other signs than can be typed anywhere.
    ServiceCodeFormat "service-code-format" "Provider notice 2007, product verification";
    /// Not the number of a licence for value-added services.
    LicenceFormat "licence-format" "Telecommunications Regulations, Art. 7";

    /// A material is missing; given: its kind's id.
    MaterialMissing "material-missing" "MIIT notice 工信部电管〔2010〕64号";
    /// Fewer approval documents than kinds of content that need one; given: how many are needed.
    ApprovalDocumentEach "approval-document-each" "MIIT Order 33, Art. 11; ICP provider interface V3.0, Nrlx";
    /// An individual of another province without a residence permit; given: the province that asks for it.
    ResidencePermitMissing "residence-permit-missing" "Provincial rules: individuals of other provinces";
    /// So many sites without the plan of how they are built; given: from how many on.
    ConstructionPlanMissing "construction-plan-missing" "Provincial rules: plan for many sites";
    /// Too large; given: the limit.
    MaterialTooLarge "material-too-large" "Provider guidance: at most 4 MB";
    /// Neither JPEG nor PNG.
    MaterialFormat "material-format" "ICP provider interface V3.0, attachments";
    /// An image that cannot be read, or is too small to read; given: the least size.
    MaterialImage "material-image" "工信部电管〔2010〕64号";
    /// A file name that is too long; given: the limit.
    MaterialName "material-name" "Provider guidance: file names";
    /// A file in which the operator's scanner found something; given: what it calls it.
    MaterialInfected "material-infected" "GB/T 22239-2019, 8.1.4.5";
    /// A file that cannot be checked or kept at the moment.
    MaterialLater "material-later" "GB/T 22239-2019, 8.1.4.5";
    /// Not declared to be true.
    ConsentTruthful "consent-truthful" "MIIT Order 33, Art. 7";
    /// No consent to the use of sensitive personal data.
    ConsentPersonalData "consent-personal-data" "PIPL Art. 29";

    /// A user name that is not 4 to 32 letters, digits, `_` or `-` from a letter on.
    UserNameFormat "user-name-format" "Provider notice 2007";
    /// Taken.
    UserNameTaken "user-name-taken" "Provider notice 2007";
    /// Fewer characters than allowed; given: how many.
    PasswordShort "password-short" "NIST SP 800-63B-4";
    /// More characters than allowed; given: how many.
    PasswordLong "password-long" "NIST SP 800-63B-4";
    /// Too few kinds of characters in a password of staff; given: how many there must be.
    PasswordKinds "password-kinds" "GB/T 22239-2019, 8.1.4.1 a";
    /// One of the last passwords of staff; given: how many are remembered.
    PasswordReused "password-reused" "GB/T 22239-2019, 8.1.4.1 a";
    /// Nothing but digits.
    PasswordDigits "password-digits" "Provider manual 2008";
    /// Known or easy to guess.
    PasswordCommon "password-common" "NIST SP 800-63B-4";
    /// Contains the user name or a contact.
    PasswordContext "password-context" "NIST SP 800-63B-4";
    /// The two do not agree.
    PasswordsDiffer "passwords-differ" "Provider manual 2008";
    /// The old password is wrong.
    OldPasswordWrong "old-password-wrong" "Provider manual 2008";
    /// User name, password or category is wrong.
    SignInWrong "sign-in-wrong" "Provider manual 2008";
    /// A first password that was not replaced in time.
    FirstPasswordOver "first-password-over" "OWASP ASVS 5.0, 6.4.1";
    /// An administrator suspended the account; said after a right password alone.
    AccountSuspended "account-suspended" "Provider manual 2008";
    /// The first password, to be kept.
    FirstPasswordKept "first-password-kept" "OWASP ASVS 5.0, 6.4.1";
    /// The account is of another category.
    CategoryWrong "category-wrong" "Provider manual 2008";
    /// The image's characters are wrong or too old.
    CaptchaWrong "captcha-wrong" "Provider manual 2008";
    /// A code by SMS or e-mail that is wrong or used.
    CodeWrong "code-wrong" "SMS confirmation rules";
    /// A code of an authenticator, or a recovery code, that is wrong or used.
    SecondFactorWrong "second-factor-wrong" "RFC 6238, 5.2";
    /// A passkey that was refused: another's, too late, used before, or not the one that was asked for.
    PasskeyRefused "passkey-refused" "WebAuthn, 7.1 and 7.2";
    /// A code that is too old.
    CodeExpired "code-expired" "SMS confirmation rules";
    /// The statement of use is not accepted.
    TermsNotAccepted "terms-not-accepted" "Provider notice 2007";
    /// Mobile and code belong to no confirmation that is due.
    ConfirmationUnknown "confirmation-unknown" "SMS confirmation rules";
    /// The certificate's last six do not fit; given: tries left.
    CertificateDigitsWrong "certificate-digits-wrong" "SMS confirmation rules";
    /// The last wrong answer of a round.
    ConfirmationEnded "confirmation-ended" "SMS confirmation rules";
    /// Not the certificate's last six characters.
    CertificateDigitsFormat "certificate-digits-format" "SMS confirmation rules";

    /// A department's decision of a day that is yet to come, or before there were such decisions; given: today.
    DecisionDate "decision-date" "State Council Order 292 (2000-09-25); MIIT Order 33, Art. 11";
    /// A return, refusal or stop without any reason.
    ReasonRequired "reason-required" "MIIT Order 33, Art. 12";
    /// A reason that names a field which the filing has not; given: the field.
    ReasonField "reason-field" "MIIT Order 33, Art. 12";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The text is no rule's identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownRule;

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such rule")
    }
}

impl std::error::Error for UnknownRule {}

impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(text: &str) -> Result<Self, UnknownRule> {
        let found = Self::ALL.iter().find(|rule| rule.id() == text);
        found.copied().ok_or(UnknownRule)
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
