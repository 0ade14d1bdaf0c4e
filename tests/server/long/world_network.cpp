// SPDX-License-Identifier: GPL-3.0-or-later
// The network between them: it loses, repeats and reorders, and time passes on it.
#include "tests/server/long/world.h"

#include <algorithm>

namespace dorascope::server::simulation {

/// Some are lost, some come twice, and none waits for another.
void World::post(Event event, Duration least, Duration most)
{
    if (once_in(12)) return;
    const auto delay = [&] {
        return least + Duration{static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>((most - least).count() + 1))};
    };
    event.order = ++posted_;
    if (once_in(12)) {
        Event again = event;
        again.at = real_ + delay() * 2;
        again.order = ++posted_;
        events_.push(std::move(again));
    }
    event.at = real_ + delay();
    events_.push(std::move(event));
}

void World::pass(Duration span)
{
    const Instant until = real_ + span;
    for (int guard = 0; complaint_.empty(); ++guard) {
        if (guard > 100'000) return fail("time stands still");
        const auto due = server_.next_deadline();
        const Instant wake = due && *due != kNever ? std::max(*due - offset_, real_) : kNever;
        const Instant arrives = events_.empty() ? kNever : std::max(events_.top().at, real_);
        const Instant next = std::min(wake, arrives);
        // A batch is what came at once; it does not wait for more.
        if (in_batch_ > 0 && next > real_ + 1ms) {
            finish_batch();
            continue;
        }
        if (next > until) break;
        real_ = next;
        if (arrives <= wake) {
            const Event event = events_.top();
            events_.pop();
            deliver(event);
        } else {
            finish_batch();
        }
    }
    real_ = until;
    finish_batch();
}

void World::deliver(const Event& event)
{
    ++tally_[Count::events];
    switch (event.kind) {
    case Event::to_client: return hear(clients_[event.who], event);
    case Event::to_server: receive(event); break;
    case Event::probe_answer: server_.probe_answered(now(), event.address, event.by, out_); break;
    case Event::overheard: overhear(event); break;
    }
    // Now and then several packets share a batch: one transaction, one sync.
    if (++in_batch_ >= 4 || !once_in(3)) finish_batch();
}

void World::overhear(const Event& event)
{
    const auto reply = wire::parse(event.payload);
    if (const auto at = left_.find(exchange(reply->hardware(), reply->xid)); at != left_.end())
        at->second.answered = at->second.answered || now() < at->second.until;
    Inbound inbound;
    inbound.payload = event.payload;
    inbound.local = kLocal;
    inbound.source = kOtherServer;
    server_.overheard(now(), inbound, out_);
}

} // namespace dorascope::server::simulation
