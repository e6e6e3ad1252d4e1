// The page by keyboard: j and k move along the list, / goes to the search.
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) return;
  if (event.key === '/') { event.preventDefault(); document.querySelector('.gf-top input').focus(); }
  const step = {j: 1, k: -1}[event.key];
  if (!step) return;
  const rows = [...document.querySelectorAll('.gf-main .gf-table tbody tr a:first-of-type')];
  const here = rows.indexOf(document.activeElement);
  const next = rows[Math.max(0, Math.min(rows.length - 1, here + step))];
  if (next) { event.preventDefault(); next.focus(); }
});
