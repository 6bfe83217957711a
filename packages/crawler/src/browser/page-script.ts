/**
 * What runs in every frame before the page's own scripts. It takes the dialogs, pop-ups and printing away,
 * each of which would stop a page until somebody answers; and it knows which timers are still to fire, so
 * that a wait can end when the page has nothing left to do rather than after a fixed time.
 *
 * The proxies pass every call on as it came. What the page overrides later is not used: the natives are taken
 * here, first.
 *
 * @param key Name of the hook on `window`, not to be guessed by a page.
 */
export function pageScript(key: string): string {
  return `(() => {
  const now = performance.now.bind(performance);
  const soon = window.setTimeout.bind(window);
  const idle = typeof requestIdleCallback === 'function' ? requestIdleCallback.bind(window) : null;
  const outerHtml = Object.getOwnPropertyDescriptor(Element.prototype, 'outerHTML').get;
  const root = Object.getOwnPropertyDescriptor(Document.prototype, 'documentElement').get;
  const serializer = new XMLSerializer();
  const serialize = serializer.serializeToString.bind(serializer);
  const call = Reflect.apply;
  const Later = Promise;
  const part = String.prototype.slice;
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
  const watch = (name, clearName) => {
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
  const pending = (horizonMs) => {
    const at = now();
    let count = 0;
    each((when, id) => {
      if (when < at) drop(id);
      else if (when <= at + horizonMs) count += 1;
    });
    return count;
  };
  const doctype = () => {
    const type = document.doctype;
    return type === null ? '' : serialize(type);
  };
  const look = (horizonMs, force, maxLength) => {
    const timers = pending(horizonMs);
    if (timers > 0 && !force) return { timers, html: null, cut: false };
    const element = call(root, document, []);
    const html = doctype() + (element === null ? '' : call(outerHtml, element, []));
    return { timers, html: html.length > maxLength ? call(part, html, [0, maxLength]) : html, cut: html.length > maxLength };
  };
  Object.defineProperty(window, ${JSON.stringify(key)}, {
    value: (horizonMs, force, maxLength) =>
      new Later((resolve) => {
        let done = false;
        const answer = () => {
          if (done) return;
          done = true;
          resolve(look(horizonMs, force, maxLength));
        };
        if (force || idle === null) answer();
        else {
          // Idle comes after what is queued already: messages between parts of a framework, resolved fetches.
          idle(answer);
          soon(answer, 50);
        }
      }),
  });
})()`;
}
