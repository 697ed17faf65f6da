// Forms whose answer an authenticator gives: asks the browser, and sends what it says as any other form.
// Without this script, or where the browser knows no passkeys, they stay hidden: there is a password.
if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const cancelled = form.querySelector(".wrong");
      cancelled.hidden = true;
      try {
        form.elements.answer.value = JSON.stringify(await answer(form));
      } catch {
        cancelled.hidden = false; // Whoever changes their mind, or has no such key, may try again.
        return;
      }
      form.submit();
    });
  }
}

async function answer({ dataset }) {
  const options = JSON.parse(dataset.options);
  const credential =
    dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return credential.toJSON();
}
