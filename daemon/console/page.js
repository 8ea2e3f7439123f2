'use strict';
// Everything that comes from outside is written as text, never as markup.
const by = id => document.getElementById(id);
const WORDS = {clear: '● clear', decide: '▲ officer decides', cannot_tell: '? cannot tell', refuse: '■ refuse'};
const SEVERITY = {N: 'note', O: 'officer', D: 'officer decides', T: 'cannot tell', R: 'refuse'};

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function fill(list, items) { list.replaceChildren(...items); }

function facts(finding) {
  const parts = Object.entries(finding.facts || {}).map(([name, value]) => `${name} ${value}`);
  return parts.length ? ` (${parts.join(', ')})` : '';
}

function showVerdict(v) {
  const box = by('verdict');
  box.hidden = false;
  box.className = v.outcome;
  by('outcome').textContent = WORDS[v.outcome] || v.outcome;
  by('title').textContent = v.subject.title;
  const rows = [...(v.people || []), ...v.subject.compare, ...v.subject.details];
  fill(by('compare'), rows.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
  const findings = v.findings.length ? v.findings.map(f =>
    element('li', `${f.rule} · ${SEVERITY[f.severity]} · ${f.text || ''}${facts(f)} — ${f.citation || ''}`)) :
    [element('li', 'no rule fired')];
  fill(by('findings'), findings);
  fill(by('questions'), v.questions.map(q => element('li', `${q.rule} · ${q.text || ''}`)));
  by('asked').hidden = !v.questions.length;
  fill(by('next'), v.next.map(n => element('li', [n.operation, n.sheet ? `sheet ${n.sheet}` : '',
    n.lines ? `lines ${n.lines}` : '', n.references ? `of sheet ${n.references.join(', ')}` : ''].filter(Boolean).join(' · '))));
  by('possible').hidden = !v.next.length;
  const b = v.basis;
  by('basis').textContent = `State ${b.state_height}, ${b.freshness}, ${b.age_seconds} s old; ` +
    (b.solo ? 'a chain of one member has no witnesses' : b.cross_checked ? 'cross-checked' : 'not cross-checked') +
    (v.possession ? `; ${v.possession}` : '');
}

function verdictRow(v) {
  const row = element('tr');
  row.append(element('td', v.at), element('td', WORDS[v.outcome] || v.outcome, v.outcome),
    element('td', v.subject.title), element('td', v.findings.map(f => f.rule).join(' ')), element('td', v.source));
  return row;
}

const stamps = new Map();
function showStamp(s) {
  stamps.set(s.stamp, s);
  const newest = [...stamps.values()].sort((a, b) => b.sequence - a.sequence).slice(0, 50);
  fill(by('stamps'), newest.map(one => {
    const row = element('tr');
    const state = one.outcome ? `${one.status} (${one.outcome}, block ${one.height})` : one.status + (one.note ? `: ${one.note}` : '');
    row.append(element('td', one.sequence), element('td', one.at), element('td', one.key), element('td', one.operation),
      element('td', one.lines), element('td', state));
    return row;
  }));
}

let headerTime = 0;
let last = {};
function showAge() {
  const copy = by('copy');
  if (!last.copy) return;
  const age = headerTime ? Math.max(0, Math.round((Date.now() - headerTime) / 1000)) : 0;
  const line = last.connected ? `connected to ${last.relay}` : 'no relay: working offline';
  copy.textContent = last.frozen ? 'copy frozen: ' + last.frozen :
    last.copy.loaded ? `${line} · state ${last.copy.height} · ${age} s old · ${last.pending_stamps} stamps waiting` :
    `${line} · loading the copy, ${Math.round(100 * last.copy.progress)} %`;
  copy.classList.toggle('old', !last.connected || age > 90 || !!last.frozen);
}
function showStatus(s) {
  last = s;
  headerTime = s.copy.header_time ? Date.parse(s.copy.header_time) : 0;
  by('port').textContent = `${s.device} · ${s.port.place} · ${s.port.office}`;
  showAge();
}

function notice(text) { by('notice').textContent = text; by('notice').hidden = !text; }

async function send(body, type) {
  notice('');
  try {
    const answer = await fetch('/api/scan', {method: 'POST', body, headers: {'Content-Type': type}});
    const value = await answer.json();
    if (answer.ok) showVerdict(value); else notice(value.error ? value.error.detail : `the gateway answered ${answer.status}`);
  } catch (error) { notice('the gateway does not answer'); }
}

by('scan').addEventListener('submit', event => {
  event.preventDefault();
  if (by('code').value) send(by('code').value, 'text/plain');
  by('code').value = '';
});
by('picture').addEventListener('change', event => {
  if (event.target.files[0]) send(event.target.files[0], 'application/octet-stream');
  event.target.value = '';
});

async function start() {
  const verdicts = await (await fetch('/api/verdicts')).json();
  fill(by('verdicts'), verdicts.verdicts.map(verdictRow));
  for (const s of (await (await fetch('/api/stamps')).json()).stamps) showStamp(s);
  const events = new EventSource('/api/events');
  events.addEventListener('status', e => showStatus(JSON.parse(e.data)));
  events.addEventListener('stamp', e => showStamp(JSON.parse(e.data)));
  events.addEventListener('verdict', e => {
    const v = JSON.parse(e.data);
    showVerdict(v);
    by('verdicts').prepend(verdictRow(v));
    while (by('verdicts').children.length > 50) by('verdicts').lastChild.remove();
  });
  events.onerror = () => { by('copy').textContent = 'the gateway does not answer'; };
  setInterval(showAge, 1000);
}
start().catch(() => notice('the gateway does not answer'));
