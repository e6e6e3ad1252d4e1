// The first picture of a network: drawn from the page's own bytes before any library has come, and gone
// as soon as the chart that answers to clicks stands in its place.
(() => {
  const over = document.getElementById('gf-first'), canvas = over.querySelector('canvas');
  const {nodes, links, kinds} = JSON.parse(over.querySelector('script').textContent);
  const wide = canvas.clientWidth, high = canvas.clientHeight, dense = window.devicePixelRatio || 1;
  canvas.width = wide * dense; canvas.height = high * dense;
  const pen = canvas.getContext('2d');
  pen.scale(dense, dense);
  const ends = axis => nodes.reduce(([low, top], node) => [Math.min(low, node[axis]), Math.max(top, node[axis])], [1e9, -1e9]);
  const [x0, x1] = ends(0), [y0, y1] = ends(1), across = x1 - x0 || 1, down = y1 - y0 || 1;
  const scale = Math.min((wide - 120) / across, (high - 84) / down);  // the chart's own margins
  const left = 40 + (wide - 120 - across * scale) / 2, top = 60 + (high - 84 - down * scale) / 2;
  const at = node => [left + (node[0] - x0) * scale, top + (node[1] - y0) * scale];
  pen.strokeStyle = '#9aa5b1';
  pen.beginPath();
  for (const [source, target] of links) { pen.moveTo(...at(nodes[source])); pen.lineTo(...at(nodes[target])); }
  pen.stroke();
  for (const node of nodes) {
    const [x, y] = at(node), half = node[2] / 2, [colour, shape] = kinds[node[3]];
    pen.fillStyle = colour;
    pen.beginPath();
    if (shape === 'rect' || shape === 'roundRect') pen.rect(x - half, y - half, 2 * half, 2 * half);
    else if (shape === 'triangle' || shape === 'arrow') { pen.moveTo(x, y - half); pen.lineTo(x + half, y + half); pen.lineTo(x - half, y + half); }
    else if (shape === 'diamond') { pen.moveTo(x, y - half); pen.lineTo(x + half, y); pen.lineTo(x, y + half); pen.lineTo(x - half, y); }
    else pen.arc(x, y, half, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.fillStyle = '#1f2933'; pen.font = '11px sans-serif';
  for (const node of nodes) if (node[4]) { const [x, y] = at(node); pen.fillText(node[4], x + node[2] / 2 + 4, y + 4); }
  const until = performance.now() + 30000;
  const look = () => {
    if (document.querySelector('#app .gf-main canvas') || performance.now() > until) requestAnimationFrame(() => over.remove());
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
