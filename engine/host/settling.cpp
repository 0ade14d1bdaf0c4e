// SPDX-License-Identifier: GPL-3.0-or-later
// Commit, then speak: what was decided goes to disk, then onto the wire; what the disk does not take is taken back. While one transaction
// waits for the disk the next one's messages are decided, and offers, which promise nothing, leave at once.
#include "engine/host/serving.h"

#include <algorithm>
#include <cstring>
#include <sched.h>

namespace dorascope::host {
namespace {

// A sync costs the same for one lease and for many. While messages arrive faster than they are dealt with, a transaction waits until it
// has this many, or for some turns; where nothing else waits, it begins at once: no timer.
constexpr std::size_t kEnoughWrites = 64;
constexpr int kPatience = 8;
// Decided and not yet durable: beyond it messages wait in the ring, where the kernel counts what has no room.
constexpr std::size_t kMostDecided = 1024;

} // namespace

/// The end of a turn.
void ServerHost::Impl::settle()
{
    go_ahead();
    if (under_way) {
        if (const auto stored = committer.ended())
            conclude(*stored);
        else if (deciding.decisions().size() >= kMostDecided)
            conclude(committer.wait());
    }
    if (under_way) {
        ::sched_yield(); // on one core: the disk may want the next part of what it was told to do
    } else if (deciding.writes().empty()) {
        speak(deciding);
    } else if (is_ripe()) {
        begin_storing();
    }
    tell_of_upkeep();
}

bool ServerHost::Impl::is_ripe()
{
    return deciding.writes().size() >= kEnoughWrites || !receiver.has_more() || ++patience >= kPatience;
}

void ServerHost::Impl::begin_storing()
{
    std::swap(deciding, storing);
    ahead = {};
    patience = 0;
    under_way = true;
    committer.begin(storing.writes());
    ::sched_yield(); // on one core: the disk starts now, not when there is nothing left to decide
}

tl::expected<void, HostError> ServerHost::Impl::settle_all()
{
    go_ahead();
    if (under_way) conclude(committer.wait());
    tl::expected<void, HostError> stored;
    if (deciding.writes().empty()) {
        speak(deciding);
    } else {
        begin_storing();
        stored = committer.wait();
        conclude(stored);
    }
    tell_of_upkeep();
    return stored;
}

void ServerHost::Impl::conclude(const tl::expected<void, HostError>& stored)
{
    under_way = false;
    ++(stored ? counters.commits : counters.store_failures);
    note_disk(stored);
    if (stored) {
        speak(storing);
    } else {
        take_back();
    }
}

/// What need not wait for the disk: offers; and questions whether an address is in use, the time of which runs already.
void ServerHost::Impl::go_ahead()
{
    const Ahead before = std::exchange(ahead, Ahead{deciding.transmits().size(), deciding.probes().size()});
    ask(deciding.probes().subspan(before.asked));
    send(deciding.transmits().subspan(before.offered), false);
}

/// All that it stores is durable.
void ServerHost::Impl::speak(server::Outbox& decided)
{
    if (decided.empty()) return;
    send(decided.transmits(), true);
    check_routes(decided);
    tell(decided.decisions());
    decided.clear();
    if (&decided == &deciding) ahead = {};
}

/// A question that cannot be sent counts as one that nobody answers: the server goes on.
void ServerHost::Impl::ask(std::span<const server::ProbeRequest> questions)
{
    if (questions.empty()) return;
    counters.send_errors += prober.ask(clock.now(), questions).failed;
}

void ServerHost::Impl::send(std::span<const server::Transmit> replies, bool promises)
{
    const auto result = sender.send(replies, promises);
    counters.transmitted += result.sent;
    counters.send_errors += result.failed;
    note_sending(result);
}

void ServerHost::Impl::tell(std::span<const Decision> decisions) const
{
    if (decision_sink && !decisions.empty()) decision_sink(decisions);
}

void ServerHost::Impl::tell_of_upkeep()
{
    if (const auto trouble = committer.upkeep_trouble())
        notice(NoticeSubject::upkeep, trouble->text() + " Nothing is lost; serving goes on.");
}

/// Once when it begins, when it is another trouble, and when it is over: not for every batch.
void ServerHost::Impl::note_disk(const tl::expected<void, HostError>& outcome)
{
    if (outcome) {
        if (disk_trouble.empty()) return;
        notice(NoticeSubject::disk,
               "The lease file can be written again: serving goes on. " + std::to_string(unanswered)
                   + " batches of messages were not answered meanwhile; those clients ask again.",
               true);
        disk_trouble.clear();
        unanswered = 0;
        return;
    }
    ++unanswered;
    if (disk_trouble == outcome.error().problem) return;
    disk_trouble = outcome.error().problem;
    notice(NoticeSubject::disk,
           outcome.error().text() + " What it cannot keep is not answered; it is tried anew with every message.");
}

/// No promise may leave that the disk does not know of; the clients ask again, and the disk may be well by then. What was decided since
/// rests on what has not happened.
void ServerHost::Impl::take_back()
{
    {
        const std::lock_guard lock{mutex};
        server->roll_back(deciding);
        server->roll_back(storing);
    }
    take_back(storing);
    take_back(deciding);
    ahead = {};
}

void ServerHost::Impl::take_back(server::Outbox& decided)
{
    std::vector<Decision> decisions{decided.decisions().begin(), decided.decisions().end()};
    const auto asks = [](const Decision& d) {
        return d.outcome == Outcome::recorded && !d.steps.empty()
            && (d.steps.back().code == StepCode::probe_by_arp || d.steps.back().code == StepCode::probe_by_echo);
    };
    for (auto& decision : decisions) {
        const bool undone = rests_on_storage(decision);
        if (!undone && !asks(decision)) continue; // of a question that is taken back nothing will come
        if (undone && decision.outcome == Outcome::recorded) { // nobody waits for an answer
            decision.steps.push_back({StepCode::change_not_stored, decision.address, 0, {}});
            continue;
        }
        decision.outcome = Outcome::silent;
        decision.reply = MessageType::none;
        decision.steps.push_back({StepCode::storage_failed, decision.address, 0, {}});
    }
    tell(decisions);
    decided.clear();
}

/// Each failure is told of, its end once.
void ServerHost::Impl::note_sending(const ReplySender::Result& result)
{
    if (result.failed > 0) {
        notice(NoticeSubject::sending, sending_failed(result));
    } else if (sending_fails && result.sent > 0) {
        notice(NoticeSubject::sending, "Replies are sent on " + interface.name + " again.", true);
    }
    if (result.failed + result.sent > 0) sending_fails = result.failed > 0;
}

std::string ServerHost::Impl::sending_failed(const ReplySender::Result& result) const
{
    return std::to_string(result.failed) + " replies could not be sent on " + interface.name + ", the last to "
        + result.destination.to_string() + ": " + std::strerror(result.error) + ".";
}

void ServerHost::Impl::check_routes(const server::Outbox& decided)
{
    const auto routed = std::ranges::find(decided.transmits(), server::Delivery::routed, &server::Transmit::delivery);
    if (routed == decided.transmits().end()) return;
    if (const auto said = routes.check(clock.now(), routed->destination, interface)) notice(NoticeSubject::route, *said);
}

} // namespace dorascope::host
