// SPDX-License-Identifier: Apache-2.0
// What a shop may do with the widget: open it from its own buttons, and show how many messages wait.
function connect() {
  for (const button of document.querySelectorAll('.ask')) button.addEventListener('click', () => window.Confab.open());
  document.getElementById('help').addEventListener('click', (event) => {
    event.preventDefault();
    window.Confab.open();
  });
  window.Confab.on('unread', (n) => {
    document.getElementById('unread').value = String(n);
  });
}
if (window.Confab) connect();
else window.addEventListener('confab:ready', connect, { once: true });
