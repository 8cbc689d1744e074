//! Forms and views of accounts: registration, sign-in, sessions.

use crate::Moment;
use crate::actor::{Category, Role};
use crate::id::UserId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Registration (features R1).
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistrationForm {
    /// `accepted` once the statement of use is.
    pub terms: String,
    /// The wanted name.
    pub user_name: String,
    /// Whom to ask for.
    pub contact_name: String,
    /// Where a code goes.
    pub mobile: String,
    /// Where the other code goes.
    pub email: String,
    /// The password.
    pub password: String,
    /// The password once more.
    pub password_repeat: String,
    /// `zh` or `en`: the language of messages.
    pub lang: String,
    /// The challenge that was shown, if one was.
    pub challenge: String,
    /// What its picture says; empty where it was waited out.
    pub captcha: String,
}

/// The two codes that end a registration.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfirmationForm {
    /// Whose registration.
    pub user_name: String,
    /// The code sent to the mobile.
    pub mobile_code: String,
    /// The code sent by mail.
    pub email_code: String,
}

/// A wrong contact put right before the registration is confirmed.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CorrectionForm {
    /// Whose registration.
    pub user_name: String,
    /// The password it was made with.
    pub password: String,
    /// The right mobile.
    pub mobile: String,
    /// The right mail address.
    pub email: String,
}

/// Sign-in (features A9).
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    /// The name.
    pub user_name: String,
    /// The password.
    pub password: String,
    /// A [`Category`] by name.
    pub category: String,
    /// The challenge that was shown, if one was.
    pub challenge: String,
    /// What its picture says; empty where it was waited out.
    pub captcha: String,
}

/// A code of the authenticator, or a recovery code.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecondFactorForm {
    /// Six digits, or a recovery code.
    pub code: String,
}

/// A passkey to be added: what it is to be called.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddPasskeyForm {
    /// How its owner tells it from others.
    pub name: String,
    /// The password, since a stolen session must not be able to take the account over.
    pub password: String,
}

/// What an authenticator answered.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasskeyForm {
    /// A `PublicKeyCredential` of WebAuthn as JSON.
    pub credential: String,
}

/// A passkey to be removed.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemovePasskeyForm {
    /// Which one.
    pub id: Uuid,
    /// The password, as for adding one.
    pub password: String,
}

/// Change of password (features A8).
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    /// The password so far.
    pub old_password: String,
    /// The new one.
    pub new_password: String,
    /// The new one once more.
    pub repeat_password: String,
}

/// Change of contacts (features A8). An empty mobile or mail address stays as it is.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactForm {
    /// Whom to ask for.
    pub contact_name: String,
    /// A new mobile.
    pub mobile: String,
    /// A new mail address.
    pub email: String,
    /// The password, since a stolen session must not be able to take the account over.
    pub password: String,
}

/// The codes sent to new contacts; only those that wait are looked at.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactCodesForm {
    /// The code sent to the new mobile.
    pub mobile_code: String,
    /// The code sent to the new mail address.
    pub email_code: String,
}

/// A lost password (features R13).
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecoveryForm {
    /// The name.
    pub user_name: String,
    /// The contact's name, as registered.
    pub contact_name: String,
    /// The mail address, as registered.
    pub email: String,
    /// A [`Category`] by name.
    pub category: String,
    /// The challenge that was shown, if one was.
    pub challenge: String,
    /// What its picture says; empty where it was waited out.
    pub captcha: String,
}

/// A new password by a one-time link.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewPasswordForm {
    /// The link's token.
    pub token: String,
    /// The new password.
    pub new_password: String,
    /// The new password once more.
    pub repeat_password: String,
}

/// The answer of the user-name check: never more than this (features R1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameCheck {
    /// Nobody has it.
    Free,
    /// Somebody has it. Who registered it and waits for codes can have them sent again.
    Taken,
}

/// How far a session has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Signed in.
    Full,
    /// The password was right; the second factor is due.
    SecondFactor,
    /// The password was right; an authenticator is to be set up first.
    Enrolment,
    /// The first password was right; one's own is to be chosen first.
    FirstPassword,
    /// Everything was right, but the password is too old; another is to be chosen first.
    ExpiredPassword,
}

impl Stage {
    /// The stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::SecondFactor => "second_factor",
            Self::Enrolment => "enrolment",
            Self::FirstPassword => "first_password",
            Self::ExpiredPassword => "expired_password",
        }
    }

    /// The stage with this stable name.
    pub fn find(name: &str) -> Option<Self> {
        let all = [Self::Full, Self::SecondFactor, Self::Enrolment, Self::FirstPassword, Self::ExpiredPassword];
        all.into_iter().find(|s| s.name() == name)
    }

    /// Whether another password is to be chosen before anything else.
    pub fn wants_password(self) -> bool {
        matches!(self, Self::FirstPassword | Self::ExpiredPassword)
    }
}

/// Who is signed in, for the frame of each page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedInView {
    /// The account.
    pub account: UserId,
    /// The name.
    pub user_name: String,
    /// The category.
    pub category: Category,
    /// The role.
    pub role: Role,
    /// How far the session has come.
    pub stage: Stage,
    /// The provider's or the bureau's name; empty for registrants.
    pub office: String,
    /// Whether the stricter rules for passwords of staff hold.
    pub strict_password: bool,
}

/// One's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileView {
    /// The name.
    pub user_name: String,
    /// The role.
    pub role: Role,
    /// Whom to ask for.
    pub contact_name: String,
    /// The mobile, masked.
    pub mobile: String,
    /// The mail address, masked.
    pub email: String,
    /// A new mobile that waits for its code, masked.
    pub new_mobile: Option<String>,
    /// A new mail address that waits for its code, masked.
    pub new_email: Option<String>,
    /// Since when the password holds.
    pub password_changed_at: Moment,
    /// When it is to be replaced, where it is.
    pub password_until: Option<Moment>,
    /// How many recovery codes are left; none without a second factor.
    pub recovery_codes_left: Option<u32>,
    /// How many passkeys it has; none where the role needs no second factor.
    pub passkeys: Option<u32>,
}

/// One session of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Its identifier, for revoking.
    pub id: Uuid,
    /// Whether it is the one that asks.
    pub current: bool,
    /// From which address it began.
    pub address: String,
    /// The browser's description of itself.
    pub agent: String,
    /// When it began.
    pub created_at: Moment,
    /// When it was last used.
    pub seen_at: Moment,
    /// When it ends at the latest.
    pub expires_at: Moment,
}

/// A QR code as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SquareView {
    /// How many modules a side has, without the light ones that must stand around it, [`Self::QUIET`] a side.
    pub side: usize,
    /// The dark modules as an SVG path, one unit each.
    pub path: String,
}

impl SquareView {
    /// Light modules around a QR code (ISO/IEC 18004, 5.3.8).
    pub const QUIET: usize = 4;
}

/// What sets up an authenticator. Shown until it is confirmed, never again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentView {
    /// The secret in base 32, to be typed.
    pub secret: String,
    /// The same as a link that authenticators open.
    pub link: String,
    /// The link as a QR code, for the camera of another device.
    pub square: SquareView,
    /// Each of them replaces the authenticator once.
    pub recovery_codes: Vec<String>,
}

/// One passkey of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyView {
    /// Its identifier, for removing.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Moment,
    /// When it last opened a session.
    pub used_at: Option<Moment>,
}

/// The passkeys of one's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeysView {
    /// Whether browsers permit them at this installation's address: never where that is a number (WebAuthn, 5.1.2).
    pub possible: bool,
    /// Whether there may be another one.
    pub more: bool,
    /// The oldest first.
    pub passkeys: Vec<PasskeyView>,
}

/// What the browser is to ask an authenticator for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyOffer {
    /// Options of WebAuthn as JSON.
    pub options: String,
}

/// Which form a challenge stands before: passed for one, it opens no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeFor {
    /// 用户登录
    SignIn,
    /// 注册
    Registration,
    /// 找回密码
    Recovery,
    /// 短信核验
    Confirmation,
    /// 短信重发
    Resend,
}

impl ChallengeFor {
    /// The stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Registration => "registration",
            Self::Recovery => "recovery",
            Self::Confirmation => "confirmation",
            Self::Resend => "resend",
        }
    }
}

/// What stands before a form that looks like guessing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeView {
    /// Comes back with the form.
    pub id: Uuid,
    /// The picture (PNG in base 64); none where one waits instead.
    pub picture: Option<String>,
    /// Seconds to wait before the form counts.
    pub wait_seconds: u32,
}
