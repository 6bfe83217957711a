/** A timer that is waited for may be taken back: it is looked at again after so many milliseconds. */
const TIMER_LOOK_MS = 25;
/** A timer this near is waited for, also where the wait ends before it: the page is not at rest. Milliseconds. */
const MIN_HORIZON_MS = 250;
/** A page that is never idle is read all the same. Milliseconds. */
const IDLE_LIMIT_MS = 50;

/** Knows the timers that are still to fire. */
const TIMERS = `const watch = (name, clearName) => {
    window[name] = new Proxy(window[name], {
      apply(target, self, args) {
        const id = call(target, self, args);
        const delay = Number(args[1]);
        put(id, now() + (delay > 0 ? delay : 0));
        return id;
      },
    });
    window[clearName] = new Proxy(window[clearName], {
      apply(target, self, args) {
        drop(args[0]);
        return call(target, self, args);
      },
    });
  };
  watch('setTimeout', 'clearTimeout');
  watch('setInterval', 'clearInterval');
  let hasIdleWork = false;
  window.requestIdleCallback = new Proxy(window.requestIdleCallback, {
    apply(target, self, args) {
      hasIdleWork = true;
      return call(target, self, args);
    },
  });
  /** When the first timer fires that is due before a moment, or soon; null when none is. */
  const nextDue = (until) => {
    const at = now();
    const horizon = larger(until, at + ${MIN_HORIZON_MS});
    let next = null;
    each((when, id) => {
      if (when < at) drop(id);
      else if (when <= horizon && (next === null || when < next)) next = when;
    });
    return next;
  };`;

/** Waits until the page has nothing left to do. */
const REST = `const rest = (until, giveUp, answer) => {
    const next = nextDue(until);
    if (next !== null) {
      const at = now();
      if (at >= giveUp) answer(false);
      else after(smaller(next - at + 1, ${TIMER_LOOK_MS}), () => rest(until, giveUp, answer));
      return;
    }
    let told = false;
    const atIdle = () => {
      if (told) return;
      told = true;
      if (nextDue(until) === null) answer(true);
      else rest(until, giveUp, answer);
    };
    // A frame first: what is drawn, and what comes into view, may change the page. Then what is queued already: messages between
    // parts of a framework, resolved fetches; and what the page itself left for when it is idle.
    frame(() => {
      if (hasIdleWork) idle(() => { hasIdleWork = false; atIdle(); });
      else last(atIdle);
    });
    after(${IDLE_LIMIT_MS}, atIdle);
  };`;

/**
 * What runs in every frame before the page's own scripts. It takes the dialogs, pop-ups and printing away,
 * each of which would stop a page until somebody answers; and it knows which timers are still to fire, so
 * that a wait can end when the page has nothing left to do rather than after a fixed time.
 *
 * The proxies pass every call on as it came. What the page overrides later is not used: the natives are taken
 * here, first.
 *
 * The hook takes a horizon, a patience (both in milliseconds) and the most UTF-16 units to give out. It waits until no timer is due
 * before the horizon, or soon, and the page is idle, and answers with its HTML; with none when its patience ends first. With a
 * horizon of 0 it answers at once.
 *
 * @param key Name of the hook on `window`, not to be guessed by a page.
 */
export function pageScript(key: string): string {
  return `(() => {
  const now = performance.now.bind(performance);
  const frame = requestAnimationFrame.bind(window);
  const idle = requestIdleCallback.bind(window);
  // Tasks, and no timers: a page cannot clear them. Without a prototype, of which it could make them inherit.
  const post = scheduler.postTask.bind(scheduler);
  const last = (work) => void post(work, { __proto__: null, priority: 'background' });
  const after = (delay, work) => void post(work, { __proto__: null, delay });
  const outerHtml = Object.getOwnPropertyDescriptor(Element.prototype, 'outerHTML').get;
  const root = Object.getOwnPropertyDescriptor(Document.prototype, 'documentElement').get;
  const serializer = new XMLSerializer();
  const serialize = serializer.serializeToString.bind(serializer);
  const call = Reflect.apply;
  const Later = Promise;
  const part = String.prototype.slice;
  const smaller = Math.min, larger = Math.max;
  const due = new Map();
  const put = Map.prototype.set.bind(due), drop = Map.prototype.delete.bind(due), each = Map.prototype.forEach.bind(due);
  const silence = (name, answer) => {
    window[name] = new Proxy(window[name], { apply: () => answer });
  };
  silence('alert', undefined);
  silence('confirm', false);
  silence('prompt', null);
  silence('print', undefined);
  silence('open', null);
  if (window !== window.top) return;
  ${TIMERS}
  const doctype = () => {
    const type = document.doctype;
    return type === null ? '' : serialize(type);
  };
  const look = (maxLength) => {
    const element = call(root, document, []);
    const html = doctype() + (element === null ? '' : call(outerHtml, element, []));
    return { html: html.length > maxLength ? call(part, html, [0, maxLength]) : html, cut: html.length > maxLength };
  };
  ${REST}
  Object.defineProperty(window, ${JSON.stringify(key)}, {
    value: (horizonMs, patienceMs, maxLength) =>
      new Later((resolve) => {
        const answer = (isAtRest) => resolve(isAtRest ? look(maxLength) : { html: null, cut: false });
        if (horizonMs === 0) answer(true);
        else rest(now() + horizonMs, now() + patienceMs, answer);
      }),
  });
})()`;
}
