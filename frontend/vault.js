// What could not be sent yet, kept in the browser's own database: sealed by a key of the account that no script can read
// out, and bound to the account and to the place in the filing that it belongs to.
const LONGEST_KEPT_MS = 45 * 24 * 60 * 60 * 1000;
const bytes = (text) => new TextEncoder().encode(text);
const sealing = (account, place, iv) => ({ name: "AES-GCM", iv, additionalData: bytes(`${account} ${place}`) });

const isChoice = (field) => /^(checkbox|radio)$/.test(field.type);

// Whether a field holds something else than the server sent.
const differs = (field) => {
  if (["hidden", "submit", "button"].includes(field.type)) return false;
  if (field.options) return field.value !== (field.querySelector("option[selected]")?.value ?? "");
  return isChoice(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
};
const differing = (form) => [...form.querySelectorAll("input, textarea, select")].filter(differs);

// Whether anything stands in a form that the server did not send.
export const changed = (form) => differing(form).length > 0;

// What that is, in words: a line for each field.
const colon = document.documentElement.lang.startsWith("zh") ? "：" : ": ";
export const typed = (form) => differing(form).map((field) => {
  const label = field.closest(".field")?.querySelector(":scope > label, :scope > legend")?.firstChild?.textContent.trim() ?? "";
  if (isChoice(field) && !field.checked) return "";
  const words = isChoice(field) ? field.nextElementSibling?.textContent : field.options ? field.selectedOptions[0]?.textContent : field.value;
  return `${label}${colon}${(words ?? "").replaceAll("\n", " ")}`;
}).filter(Boolean).join("\n");

// The accounts that signed out, here or in another window, while this one still shows a page of theirs.
const gone = new Set();
const others = new BroadcastChannel("vault");
others.onmessage = ({ data }) => gone.add(data);

const answer = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// Done when the browser has it for good, not before.
async function within(mode, work) {
  const asked = indexedDB.open("vault", 1);
  asked.onupgradeneeded = () => ["keys", "kept"].forEach((name) => asked.result.createObjectStore(name));
  const database = await answer(asked);
  try {
    const stores = database.transaction(["keys", "kept"], mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      stores.oncomplete = resolve;
      stores.onabort = () => reject(stores.error);
    });
    return (await Promise.all([work(stores.objectStore("keys"), stores.objectStore("kept")), done]))[0];
  } finally {
    database.close();
  }
}

async function keyOf(account) {
  const known = await within("readonly", (keys) => answer(keys.get(account)));
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return within("readwrite", async (keys) => {
    // Two windows may have made one each: the first stays.
    const first = await answer(keys.get(account));
    if (!first) await answer(keys.put(made, account));
    return first ?? made;
  });
}

// Keeps a text at a place of an account, in the stead of what was there.
export async function keep(account, place, text) {
  if (gone.has(account)) throw new Error("signed out");
  const key = await keyOf(account);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(sealing(account, place, iv), key, bytes(text));
  if (gone.has(account)) throw new Error("signed out");
  await within("readwrite", (_, kept) => answer(kept.put({ iv, sealed, at: Date.now() }, [account, place])));
}

// A page of an account came from the server: it is signed in.
export function signedIn(account) {
  gone.delete(account);
}

// What is kept for an account: place, stamp and text in turn. What is too old is gone, whosever it is, and what does not open.
export async function kept(account) {
  const [key, places, found] = await within("readonly", (keys, kept) =>
    Promise.all([answer(keys.get(account)), answer(kept.getAllKeys()), answer(kept.getAll())]));
  const texts = [];
  for (const [at, [whose, place]] of places.entries()) {
    const { iv, sealed, at: since } = found[at];
    const stamp = String(iv);
    if (Date.now() - since > LONGEST_KEPT_MS) await forget(whose, place, stamp);
    else if (whose === account) {
      try {
        const text = await crypto.subtle.decrypt(sealing(account, place, iv), key, sealed);
        texts.push(place, stamp, new TextDecoder().decode(text));
      } catch {
        await forget(account, place, stamp);
      }
    }
  }
  return texts;
}

// What was kept at a place is gone: where there is a stamp, unless something newer was kept there. Answers whether it is.
export function forget(account, place, stamp) {
  return within("readwrite", async (_, kept) => {
    const found = stamp && await answer(kept.get([account, place]));
    if (found && String(found.iv) !== stamp) return false;
    await answer(kept.delete([account, place]));
    return true;
  });
}

// An account signs out: what was kept for it is gone, in every window.
export async function wipe(account) {
  gone.add(account);
  others.postMessage(account);
  const mine = IDBKeyRange.bound([account], [account, []]);
  await within("readwrite", (keys, kept) => Promise.all([answer(kept.delete(mine)), answer(keys.delete(account))]));
}
