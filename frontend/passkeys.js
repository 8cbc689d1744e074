// Asks the browser for a passkey where a form of the page says so, and sends what it answers with that form. The only script of
// the second step of signing in, and there only for who has a passkey; a page without it has the digits.
(() => {
  const marks = document.documentElement.classList;
  if (!window.PublicKeyCredential || !navigator.credentials || marks.contains("has-passkeys")) return;
  marks.add("has-passkeys");

  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const make = async (asked) => {
    const user = { ...asked.user, id: bytes(asked.user.id) };
    const publicKey = { ...asked, challenge: bytes(asked.challenge), user, excludeCredentials: known(asked.excludeCredentials) };
    const { id, rawId, type, response } = await navigator.credentials.create({ publicKey });
    const answer = { attestationObject: text(response.attestationObject), clientDataJSON: text(response.clientDataJSON) };
    return { id, rawId: text(rawId), type, response: answer, extensions: {} };
  };
  const use = async (asked) => {
    const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) };
    const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
    const answer = {
      authenticatorData: text(response.authenticatorData),
      clientDataJSON: text(response.clientDataJSON),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    };
    return { id, rawId: text(rawId), type, response: answer, extensions: {} };
  };

  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-passkey]") : null;
    if (!button || button.disabled) return;
    const form = button.form;
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    button.disabled = true;
    try {
      const { publicKey } = JSON.parse(button.dataset.options);
      const answer = await (button.dataset.passkey === "make" ? make : use)(publicKey);
      form.elements["form[credential]"].value = JSON.stringify(answer);
      form.requestSubmit();
    } catch (error) {
      // Refused by its owner, or too late, or not on this device: the person reads so and tries again.
      console.info("no passkey:", error);
      failed.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
})();
