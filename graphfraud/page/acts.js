// Whatever changes something: the form asks, a dialog names what will happen, and only then the server hears of it.
const actOf = name => document.getElementById(name);
let asked = null;
document.addEventListener('submit', event => {
  const form = event.target;
  if (!form.classList.contains('gf-act')) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form)), by = event.submitter;
  if (by && by.name) fields[by.name] = by.value;
  asked = {act: form.dataset.act, fields, typed: ''};
  if (form.dataset.plain !== undefined) { emitEvent('gf-act', asked); return; }
  const chosen = form.querySelector('option:checked'), says = [by, chosen, form].find(one => one && one.dataset.says);
  actOf('gf-will').textContent = says.dataset.says + (fields.until ? ' ' + form.dataset.until + ' ' + fields.until + '.' : '');
  const typed = form.dataset.typed || '';
  actOf('gf-typing').hidden = !typed;
  actOf('gf-typed').value = '';
  actOf('gf-yes').disabled = !!typed;
  actOf('gf-yes').dataset.typed = typed;
  actOf('gf-said').textContent = '';
  actOf('gf-confirm').showModal();
});
document.addEventListener('input', event => {
  if (event.target.id === 'gf-typed') actOf('gf-yes').disabled = event.target.value !== actOf('gf-yes').dataset.typed;
});
document.addEventListener('click', event => {
  if (event.target.id === 'gf-no') actOf('gf-confirm').close();
  if (event.target.id !== 'gf-yes') return;
  asked.typed = actOf('gf-typed').value;
  actOf('gf-said').textContent = actOf('gf-said').dataset.wait;
  actOf('gf-confirm').close();
  emitEvent('gf-act', asked);
});
function told(said, leaves) {
  let place = actOf('gf-said');
  if (leaves) {
    const main = document.querySelector('.gf-main');
    main.replaceChildren(place);
    place.className = 'gf-card';
  }
  place.textContent = said;
}
