// SPDX-License-Identifier: GPL-3.0-or-later
// Bindings and time: counts and queues that follow from each binding, deadlines, and what takes effect when they come.
#include "engine/server/bindings.h"

namespace dorascope::server {

namespace {

/// Of an offer that lies over a former lease only the client of that lease could have had the use.
bool counts_as_offer(const Binding& b) { return b.source != 0 && b.offered() && b.standing == Standing::none; }

} // namespace

std::size_t* Bindings::counter(const Binding& b)
{
    ServedSubnet& subnet = subnet_of(b);
    if (!b.counted) return b.bound() ? &subnet.outside : nullptr;
    if (b.bound()) return &subnet.bound;
    if (b.quarantined()) return &subnet.declined;
    if (b.offered()) return &subnet.offered;
    return b.inactive() ? &subnet.inactive : nullptr;
}

void Bindings::unfile(Binding& b)
{
    if (b.only_offered()) --outstanding_offers_;
    if (counts_as_offer(b)) offers_by_source_.remove(b.source);
    if (std::size_t* count = counter(b)) --*count;
}

void Bindings::file(std::uint32_t slot)
{
    Binding& b = at(slot);
    ServedSubnet& subnet = subnet_of(b);
    if (b.only_offered()) ++outstanding_offers_;
    if (counts_as_offer(b)) offers_by_source_.add(b.source);
    // A reserved address is its client's, whoever carries its messages.
    if (const bool counts = b.bound() && b.source != 0 && b.dynamic; counts != b.tallied) tally_lease(b, counts);
    if (std::size_t* count = counter(b)) ++*count;
    if (b.inactive() && b.dynamic && !b.in_reclaim_queue) {
        DeadlineHeap& queue = subnet.reclaim_queue(b.address);
        queue.push(b.expires, slot);
        b.in_reclaim_queue = true;
        trim_reclaim(subnet, queue);
    }
    schedule(slot);
}

/// Not taken out and put back, as the rest is, because a lease that goes on goes on counting.
void Bindings::tally_lease(Binding& b, bool counts)
{
    if (b.tallied == counts) return;
    b.tallied = counts;
    const auto count = [&](SourceTally& tally) { counts ? tally.add(b.source) : tally.remove(b.source); };
    count(leases_by_source_);
    if (b.on_its_word) count(unoffered_by_source_);
}

void Bindings::schedule(std::uint32_t slot)
{
    Binding& b = at(slot);
    const Instant due = b.deadline();
    // An item that comes up too early is put back then: renewing a lease moves nothing.
    if (due >= b.timer) return;
    b.timer = due;
    deadlines_.push(due, slot);
    trim_deadlines();
}

/// Stale items are left where they are until they outnumber the bindings; so a client that takes and releases for ever costs no memory.
void Bindings::trim_deadlines()
{
    if (deadlines_.size() <= 2 * by_address_.size() + 64) return;
    deadlines_.retain([this](const DeadlineHeap::Item& item) {
        Binding& b = at(item.slot());
        if (!b.in_use || b.timer != item.at()) return false;
        b.timer = Binding::kNoTimer; // so that a second item for the same instant goes
        return true;
    });
    deadlines_.for_each([this](const DeadlineHeap::Item& item) { at(item.slot()).timer = item.at(); });
}

bool Bindings::stands_for(const DeadlineHeap::Item& item, ServedSubnet& subnet, const DeadlineHeap& queue) const
{
    const Binding& b = at(item.slot());
    const bool present = b.in_use && b.subnet == subnet.index() && b.in_reclaim_queue && b.expires == item.at();
    // The slot may since hold an address of another class's pool.
    return present && &subnet.reclaim_queue(b.address) == &queue;
}

void Bindings::trim_reclaim(ServedSubnet& subnet, DeadlineHeap& queue)
{
    if (queue.size() <= 2 * by_address_.size() + 64) return;
    queue.retain([this, &subnet, &queue](const DeadlineHeap::Item& item) {
        if (!stands_for(item, subnet, queue)) return false;
        at(item.slot()).in_reclaim_queue = false;
        return true;
    });
    queue.for_each([this](const DeadlineHeap::Item& item) { at(item.slot()).in_reclaim_queue = true; });
}

void Bindings::settle(Instant now)
{
    while (!deadlines_.empty() && deadlines_.top().at() <= now) {
        const auto item = deadlines_.top();
        deadlines_.pop();
        Binding& b = at(item.slot());
        if (!b.in_use || b.timer != item.at()) continue;
        b.timer = Binding::kNoTimer;
        if (b.deadline() <= now) {
            lapse(item.slot(), now);
        } else {
            schedule(item.slot());
        }
    }
}

std::optional<Instant> Bindings::next_deadline()
{
    const std::optional<Instant> to_tell = lapses_.empty() ? std::nullopt : std::optional{lapses_due_};
    while (!deadlines_.empty()) {
        const auto item = deadlines_.top();
        // Usually past. Not where the clock has been set back since: then other things can be due before.
        if (to_tell && *to_tell <= item.at()) break;
        Binding& b = at(item.slot());
        const bool live = b.in_use && b.timer == item.at();
        if (live && b.deadline() == item.at()) return item.at();
        deadlines_.pop();
        if (!live) continue;
        b.timer = Binding::kNoTimer;
        schedule(item.slot());
    }
    return to_tell;
}

void Bindings::lapse(std::uint32_t slot, Instant now)
{
    Binding& b = at(slot);
    const Instant due = b.deadline();
    const StepCode code = b.bound() ? StepCode::lease_expired
        : b.quarantined()           ? StepCode::quarantine_over
                                    : StepCode::offer_expired;
    note_lapse(code, b, due);
    unfile(b);
    if (b.offered() && b.offer_until <= now) b.offer_until = Binding::kNoOffer;
    if (b.bound()) {
        b.standing = Standing::expired;
        b.in_reclaim_queue = false;
    } else if (b.quarantined()) {
        b.standing = Standing::none;
    }
    if (b.standing == Standing::none && !b.offered()) return erase(slot);
    file(slot);
}

void Bindings::note_lapse(StepCode code, const Binding& b, Instant at)
{
    lapses_.push_back({code, b.address, b.hardware, at});
    lapses_due_ = std::min(lapses_due_, at);
}

void Bindings::forget_lapses()
{
    constexpr std::size_t kUsual = 4096;
    lapses_.clear();
    lapses_due_ = kNever;
    if (lapses_.capacity() > kUsual) lapses_.shrink_to_fit();
}

} // namespace dorascope::server
