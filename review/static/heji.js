// The keys, the outlines and the swapping of parts. Everything that matters happens
// on the server; without this script the same forms are sent page by page.
'use strict';

const token = document.querySelector('meta[name=csrf]')?.content ?? '';

function send(url, body, method = 'POST') {
  return fetch(url, { method, body, headers: { 'X-Heji-Part': '1', 'X-CSRF-Token': token }, credentials: 'same-origin' });
}

// ---- the desk: a page's picture beside its record

const desk = document.getElementById('desk');

function startDesk() {
  const work = document.getElementById('work');
  const pages = document.getElementById('pages');
  const equation = document.getElementById('equation');
  const dpi = 200;
  let at = 0; // the question shown
  let zoom = 1;
  let busy = false;

  const questions = () => [...work.querySelectorAll('.question')];
  const paper = (n) => pages.querySelector(`.paper[data-page="${n}"]`);
  const outlines = (where) => [...pages.querySelectorAll('rect')].filter((r) => r.dataset.where === where);

  for (const img of pages.querySelectorAll('img')) {
    const size = () => {
      const svg = img.parentElement.querySelector('svg');
      svg.setAttribute('viewBox', `0 0 ${img.naturalWidth * 72 / dpi} ${img.naturalHeight * 72 / dpi}`);
      img.dataset.ready = '1';
      show();
    };
    const missing = () => {
      img.parentElement.classList.add('missing');
      img.replaceWith(img.dataset.missing);
    };
    img.addEventListener('load', size);
    img.addEventListener('error', missing);
    if (img.complete) (img.naturalWidth ? size : missing)(); // it was there, or not, before this script
  }

  // draw puts the outlines of the record over the pictures.
  function draw() {
    const from = work.querySelector('template.boxes');
    for (const svg of from.content.querySelectorAll('svg')) {
      const to = paper(svg.dataset.page)?.querySelector('svg');
      if (!to) continue;
      to.replaceChildren(...[...svg.children].map((r) => document.importNode(r, true)));
    }
  }

  function reveal(where) {
    const box = outlines(where)[0];
    if (!box) return;
    const b = box.getBoundingClientRect(), p = pages.getBoundingClientRect();
    if (b.top < p.top + 30 || b.bottom > p.bottom - 30) pages.scrollTop += b.top - p.top - p.height / 2.5;
    if (b.left < p.left || b.right > p.right) pages.scrollLeft += b.left - p.left - p.width / 3;
  }

  function point(where, scroll) {
    for (const e of document.querySelectorAll('.here')) e.classList.remove('here');
    for (const r of outlines(where)) r.classList.add('here');
    for (const b of work.querySelectorAll('.fig')) if (b.dataset.where === where) b.classList.add('here');
    if (scroll) reveal(where);
  }

  // tell outlines the figures that take part in a broken rule and writes the equation.
  function tell(item, scroll) {
    for (const e of pages.querySelectorAll('.part')) e.classList.remove('part', 'result');
    for (const e of pages.querySelectorAll('.written')) e.remove();
    for (const e of work.querySelectorAll('.broken .on')) e.classList.remove('on');
    equation.textContent = item ? item.dataset.text : '';
    if (!item) return;
    item.classList.add('on');
    const wheres = item.dataset.figures.split(' ');
    wheres.forEach((where, i) => {
      for (const r of outlines(where)) {
        r.classList.add('part');
        if (i) continue;
        r.classList.add('result');
        const t = document.createElementNS('http://www.w3.org/2000/svg', 'text');
        t.setAttribute('class', 'written');
        // Beside what is printed if the margin has room, and else above it.
        const sums = [...item.querySelectorAll('.sums b')].map((b) => b.textContent);
        const right = Number(r.getAttribute('x')) + Number(r.getAttribute('width')), y = Number(r.getAttribute('y'));
        t.textContent = `≠ ${sums[1]}`;
        const fits = r.parentElement.viewBox.baseVal.width - right > t.textContent.length * 5 + 6;
        t.setAttribute('text-anchor', fits ? 'start' : 'end');
        t.setAttribute('x', fits ? right + 4 : right);
        t.setAttribute('y', fits ? y + Number(r.getAttribute('height')) / 2 + 3 : y - 3);
        r.parentElement.append(t);
      }
    });
    if (scroll) reveal(wheres[0]);
  }

  // show brings the question up, with its crop and its place on the page.
  function show() {
    const list = questions();
    if (at >= list.length) at = 0;
    list.forEach((q, i) => { q.hidden = i !== at; });
    const q = list[at];
    tell(work.querySelector('.broken li[data-figures]:not(.seen)'), !q);
    if (!q) return;
    const related = [...work.querySelectorAll('.broken li[data-figures]')].find((l) => l.dataset.figures.split(' ').includes(q.dataset.where));
    if (related) tell(related);
    const img = q.querySelector('img.crop');
    if (img && !img.src) {
      img.addEventListener('error', () => img.remove());
      // Twice the size on the page at 96 dots an inch, as far as there is room.
      img.addEventListener('load', () => { img.style.width = `${Math.min(img.naturalWidth * 1.5, q.clientWidth)}px`; });
      img.src = img.dataset.src;
    }
    point(q.dataset.where, true);
  }

  function fail(text) {
    work.querySelector('.failed')?.remove();
    const p = document.createElement('p');
    p.className = 'failed';
    p.setAttribute('role', 'alert');
    p.textContent = text;
    work.querySelector('.work').prepend(p);
  }

  async function swap(form, set) {
    if (busy) return;
    busy = true;
    const body = new URLSearchParams(new FormData(form));
    body.set('seen', work.querySelector('.work').dataset.seen);
    for (const [k, v] of Object.entries(set)) body.set(k, v);
    try {
      const answer = await send(form.action, body);
      const text = await answer.text();
      if (answer.ok) {
        work.innerHTML = text;
        at = 0;
        draw();
        show();
      } else if (answer.status === 409) {
        await renew();
        fail(text);
      } else {
        fail(text);
      }
    } catch (e) {
      fail(String(e));
    } finally {
      busy = false;
    }
  }

  // renew shows the form as it stands now, after somebody else changed it.
  async function renew() {
    const answer = await fetch(desk.dataset.address, { credentials: 'same-origin' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    work.replaceChildren(...page.getElementById('work').childNodes);
    draw();
    show();
  }

  const answer = (q, to, reason) => swap(q, { to, reason });

  let waiting = 0;
  function tryOut(q, text) {
    clearTimeout(waiting);
    const effect = q.querySelector('.effect');
    if (!text.trim()) { effect.textContent = ''; return; }
    waiting = setTimeout(async () => {
      const query = new URLSearchParams({ path: q.dataset.where, to: text });
      const r = await send(`${desk.dataset.address}/try?${query}`, null, 'GET');
      if (!r.ok) return;
      const said = await r.json();
      effect.textContent = said.sentence;
      effect.classList.toggle('worse', said.settles < 0);
    }, 150);
  }

  work.addEventListener('submit', (e) => {
    e.preventDefault();
    const form = e.target;
    if (form.id === 'undo') { swap(form, {}); return; }
    const typed = form.querySelector('.type');
    if (e.submitter?.classList.contains('choice') && document.activeElement !== typed) answer(form, e.submitter.value, '');
    else if (typed.value.trim()) answer(form, typed.value, '');
  });
  work.addEventListener('input', (e) => {
    if (e.target.classList.contains('type')) tryOut(e.target.closest('.question'), e.target.value);
  });
  work.addEventListener('click', (e) => {
    const fig = e.target.closest('.fig');
    if (fig) {
      point(fig.dataset.where, true);
      open(fig.dataset.where);
      e.stopPropagation();
      return;
    }
    const item = e.target.closest('.broken li[data-figures]');
    if (item) { tell(item, true); return; }
    if (e.target.closest('[data-do=next]')) next();
    const sending = e.target.closest('.send');
    if (sending) {
      const q = sending.closest('.question'), typed = q.querySelector('.type').value;
      if (typed.trim()) answer(q, typed, '');
    }
  });
  pages.addEventListener('click', (e) => {
    const where = e.target.dataset?.where;
    if (!where) return;
    point(where, false);
    open(where);
    [...work.querySelectorAll('.record .fig, .fields .fig')].find((b) => b.dataset.where === where)?.scrollIntoView({ block: 'nearest' });
  });

  // open brings up the question about a figure, if there is one.
  function open(where) {
    const i = questions().findIndex((q) => q.dataset.where === where);
    if (i >= 0) { at = i; show(); }
  }

  function next() {
    const n = questions().length;
    if (n) { at = (at + 1) % n; show(); } else onward();
  }

  // onward goes to the next form that has something to decide.
  function onward() { document.getElementById('onward').click(); }

  // typing opens the field; running text stands in it, to be mended.
  function typing(q) {
    opening = true;
    const field = q.querySelector('.type');
    field.focus();
    field.setSelectionRange?.(field.value.length, field.value.length);
  }

  function enlarge(by) {
    zoom = by ? Math.min(6, Math.max(0.3, zoom * by)) : 1;
    for (const p of pages.querySelectorAll('.paper')) p.style.width = `${zoom * 100}%`;
    const q = questions()[at];
    if (q) reveal(q.dataset.where);
  }
  for (const b of document.querySelectorAll('[data-zoom]')) {
    b.addEventListener('click', () => enlarge({ in: 1.25, out: 0.8, fit: 0 }[b.dataset.zoom]));
  }
  pages.addEventListener('wheel', (e) => {
    if (!e.ctrlKey) return;
    e.preventDefault();
    enlarge(e.deltaY < 0 ? 1.1 : 0.9);
  }, { passive: false });

  // Dragging moves the page under the hand.
  let grip = null;
  pages.addEventListener('pointerdown', (e) => { if (e.button === 0) grip = { x: e.clientX + pages.scrollLeft, y: e.clientY + pages.scrollTop }; });
  pages.addEventListener('pointermove', (e) => {
    if (grip && e.buttons & 1) { pages.scrollLeft = grip.x - e.clientX; pages.scrollTop = grip.y - e.clientY; }
  });
  addEventListener('pointerup', () => { grip = null; });
  pages.addEventListener('dragstart', (e) => e.preventDefault());

  // The T that opens the field is not for the field, whichever way it comes.
  let opening = false;
  document.addEventListener('keypress', (e) => { if (opening) e.preventDefault(); });
  document.addEventListener('keyup', () => { opening = false; });

  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    const q = questions()[at];
    if (e.target.matches('input, select, textarea')) {
      if (e.key === 'Escape') e.target.blur();
      if (e.key === 'Enter' && q && e.target.classList.contains('type')) {
        e.preventDefault();
        if (e.target.value.trim()) answer(q, e.target.value, '');
      }
      return;
    }
    const key = e.key.toLowerCase();
    if (key === '+' || key === '=') enlarge(1.25);
    else if (key === '-') enlarge(0.8);
    else if (key === 'u') { const f = document.getElementById('undo'); if (f && !f.querySelector('button').disabled) swap(f, {}); }
    else if (key === 'n') next();
    else if (key === 'g') onward();
    else if (key === 'r') renew();
    else if (!q) return;
    else if (key === 't') typing(q);
    else if (/^[1-9]$/.test(key)) { const c = q.querySelectorAll('.choice')[key - 1]; if (!c) return; answer(q, c.value, ''); }
    else if (e.key === 'Enter' && !e.target.closest('button, a')) { const c = q.querySelector('.choice.current'); if (!c) return; answer(q, c.value, ''); }
    else return;
    e.preventDefault();
  });

  // Who else has the form open, and whether it has been corrected since.
  const notice = (text, name) => {
    let p = desk.querySelector(`.${name}`);
    if (!text) { p?.remove(); return; }
    if (!p) {
      p = document.createElement('p');
      p.className = name;
      p.setAttribute('role', 'status');
      work.prepend(p);
    }
    if (p.textContent !== text) p.textContent = text;
  };
  async function hear() {
    if (document.hidden || busy) return;
    const known = work.querySelector('.work').dataset.seen;
    const r = await send(`${desk.dataset.address}/others`, null, 'GET').catch(() => null);
    if (!r?.ok) return;
    const said = await r.json();
    notice(said.sentence, 'here-too');
    if (known === work.querySelector('.work').dataset.seen) notice(String(said.seen) === known ? '' : desk.dataset.changed, 'changed');
  }
  if (desk.dataset.reviewing) {
    setInterval(hear, 10000);
    document.addEventListener('visibilitychange', hear);
    addEventListener('focus', hear);
  }

  draw();
  const asked = questions().findIndex((q) => q.dataset.where === new URLSearchParams(location.search).get('ask'));
  if (asked > 0) at = asked;
  show();
}
if (desk) startDesk();

// ---- many cells that were read alike

const together = document.getElementById('together');

function startSheet() {
  const boxes = [...together.querySelectorAll('.cell input[type=checkbox]')];
  const form = document.getElementById('cells'), back = document.getElementById('takeback');
  boxes[0]?.focus();
  // A key that is held or pressed twice sends a sheet once: a second one would cut the first off
  // half way, and tell of the rest alone.
  let sent = false;
  addEventListener('pageshow', () => { sent = false; });
  together.addEventListener('submit', (e) => { if (sent) e.preventDefault(); sent = true; });
  // across is how many cells stand beside each other.
  const across = () => boxes.filter((b) => b.parentElement.offsetTop === boxes[0].parentElement.offsetTop).length;
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('a, button')) return;
    const i = boxes.indexOf(document.activeElement);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across(), ArrowDown: across() }[e.key];
    if (step && boxes.length) boxes[Math.min(boxes.length - 1, Math.max(0, i + step))].focus();
    else if (e.key === 'Enter' && form) form.requestSubmit();
    else if (e.key.toLowerCase() === 'u' && back) back.requestSubmit();
    else return;
    e.preventDefault();
  });
}
if (together) startSheet();

// ---- uploading

const drop = document.getElementById('drop');

function startDrop() {
  const list = document.getElementById('uploads');
  const input = drop.querySelector('input[type=file]');

  function upload(file) {
    const row = document.createElement('li'), bar = document.createElement('progress');
    bar.max = 1;
    row.append(file.name, ' ', bar);
    list.append(row);
    return new Promise((done) => {
      const r = new XMLHttpRequest(), body = new FormData();
      body.append('file', file);
      r.open('POST', drop.action);
      r.setRequestHeader('X-Heji-Part', '1');
      r.setRequestHeader('X-CSRF-Token', token);
      r.upload.onprogress = (e) => {
        bar.value = e.loaded / e.total;
        if (e.loaded === e.total) { bar.removeAttribute('value'); row.append(` ${drop.dataset.uploading}…`); }
      };
      r.onloadend = () => {
        row.replaceChildren(file.name, ' ');
        if (r.status === 200) row.insertAdjacentHTML('beforeend', r.responseText);
        else row.append(r.status ? r.responseText : drop.dataset.lost);
        row.classList.toggle('bad', r.status !== 200);
        done();
      };
      r.send(body);
    });
  }
  async function all(files) {
    for (const f of files) await upload(f); // one at a time: reading takes the whole machine
    const now = await fetch('/', { credentials: 'same-origin' });
    const page = new DOMParser().parseFromString(await now.text(), 'text/html');
    for (const part of ['.figures', '.charts']) document.querySelector(part)?.replaceWith(page.querySelector(part) ?? '');
  }
  input.addEventListener('change', () => { all([...input.files]); });
  drop.addEventListener('dragover', (e) => { e.preventDefault(); drop.classList.add('over'); });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (e) => { e.preventDefault(); drop.classList.remove('over'); all([...e.dataTransfer.files]); });
}
if (drop) startDrop();
