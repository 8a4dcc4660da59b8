// What the pages gain by script; all of them work without it.
"use strict";
(() => {
    const root = document.documentElement;

    // The reader's zone, for the server to write times in. Where the server does not know the zone, it stays with UTC.
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const kept = document.cookie.split("; ").find(one => one.startsWith("zone="))?.slice(5);
    if (zone && kept !== encodeURIComponent(zone)) {
        document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
        if (zone !== root.dataset.zone && navigator.cookieEnabled) refresh(["main", ".foot"]);
    }

    // "/" finds, "j" and "k" walk through rows, Escape closes what is open.
    document.addEventListener("keydown", event => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "Escape") {
            for (const open of document.querySelectorAll("details.pick[open], details.me[open]")) {
                open.open = false;
                open.querySelector("summary").focus();
            }
            return;
        }
        if (event.target.closest("input, textarea, select, [contenteditable]")) return;
        if (event.key === "/") {
            event.preventDefault();
            document.getElementById("find").select();
        } else if (event.key === "j" || event.key === "k") {
            const rows = [...document.querySelectorAll("main tbody th a")];
            if (rows.length === 0) return;
            const at = rows.indexOf(document.activeElement);
            rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === "j" ? 1 : -1)))].focus();
        }
    });
    document.addEventListener("click", event => {
        for (const open of document.querySelectorAll("details.pick[open], details.me[open]"))
            if (!open.contains(event.target)) open.open = false;
    });

    // Takes parts of this page as they are now; a part in which somebody is at work is left alone.
    async function refresh(parts) {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error", cache: "no-store" });
        if (!answer.ok) return false;
        const now = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of parts) {
            const [here, there] = [document.querySelectorAll(part), now.querySelectorAll(part)];
            if (here.length !== there.length) return false;
            here.forEach((old, at) => {
                if (old.isEqualNode(there[at])) return;
                const focused = document.activeElement;
                if (old.contains(focused) && focused.matches("input, textarea, select")) return;
                const address = old.contains(focused) ? focused.getAttribute("href") : null;
                old.replaceWith(there[at]);
                if (part !== "main") there[at].classList.add("changed");
                if (address) there[at].querySelector(`[href="${CSS.escape(address)}"]`)?.focus();
            });
        }
        return true;
    }

    live();

    // News of the change feed: parts that may show it are read again, not more often than each few seconds. A page that nobody looks at
    // follows nothing: a browser has few connections to one service, and many tabs.
    function live() {
        const news = document.getElementById("news");
        if (!document.querySelector("[data-live]") || news.dataset.after === undefined) return;
        const kinds = ["payout.status_changed", "payout.discrepancy_opened", "payout.discrepancy_closed"];
        const only = document.querySelector("[data-payout]")?.dataset.payout;
        const [restMs, slowMs, waitSeconds] = [3000, 30000, 25];
        let [after, count, waiting, takenAt, stop] = [news.dataset.after, 0, null, 0, null];

        const heard = (position, change) => {
            after = position;
            if (only && change.payout !== only) return;
            count++;
            waiting ??= setTimeout(take, Math.max(200, takenAt + restMs - Date.now()));
        };
        const take = async () => {
            const took = count;
            [waiting, takenAt, count] = [null, Date.now(), 0];
            if (!await refresh(["[data-live]"]).catch(() => false)) return;
            news.textContent = took === 1 ? "1 change taken up." : `${took} changes taken up.`;
            setTimeout(() => { if (count === 0) news.textContent = ""; }, restMs);
        };
        const address = path => `${path}?after=${after}&epoch=${news.dataset.epoch}`;

        function listen() {
            if (!window.EventSource) return pull();
            const stream = new EventSource(address("/news"));
            for (const kind of kinds) stream.addEventListener(kind, event => heard(event.lastEventId, JSON.parse(event.data)));
            stream.onerror = () => { if (stream.readyState === EventSource.CLOSED) pull(); };
            stop = () => stream.close();
        }

        async function pull() {
            const going = new AbortController();
            stop = () => going.abort();
            while (!going.signal.aborted) {
                try {
                    const answer = await fetch(`${address("/v1/changes")}&wait=${waitSeconds}`, { signal: going.signal });
                    if (!answer.ok) break;
                    const page = await answer.json();
                    for (const change of page.changes) heard(change.position, change);
                    after = page.next;
                } catch {
                    await new Promise(done => setTimeout(done, slowMs));
                }
            }
            if (going.signal.aborted) return;
            // Whoever may not read the feed sees a page that is a little older.
            const timer = setInterval(() => refresh(["[data-live]"]).catch(() => false), slowMs);
            stop = () => clearInterval(timer);
        }

        const follow = () => {
            stop?.();
            stop = null;
            if (!document.hidden) listen();
        };
        document.addEventListener("visibilitychange", follow);
        window.addEventListener("pagehide", () => stop?.());
        follow();
    }
})();
