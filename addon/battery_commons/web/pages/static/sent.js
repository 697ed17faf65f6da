// Sends a form once, however often its button is pressed meanwhile; it shows that it is under way.
const FOR_MS = 3000; // A form whose answer is a file stays on the page, and may be sent again.

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, FOR_MS);
});
