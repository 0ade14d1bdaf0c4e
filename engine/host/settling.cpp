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
    offer();
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
    if (const auto trouble = committer.upkeep_trouble())
        notice(NoticeSubject::upkeep, trouble->text() + " Nothing is lost; serving goes on.");
}

bool ServerHost::Impl::is_ripe()
{
    return deciding.writes().size() >= kEnoughWrites || !receiver.has_more() || ++patience >= kPatience;
}

void ServerHost::Impl::begin_storing()
{
    std::swap(deciding, storing);
    offered = 0;
    patience = 0;
    under_way = true;
    committer.begin(storing.writes());
    ::sched_yield(); // on one core: the disk starts now, not when there is nothing left to decide
}

tl::expected<void, HostError> ServerHost::Impl::settle_all()
{
    offer();
    if (under_way) conclude(committer.wait());
    if (deciding.writes().empty()) {
        speak(deciding);
        return {};
    }
    begin_storing();
    auto stored = committer.wait();
    conclude(stored);
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

void ServerHost::Impl::offer()
{
    const std::size_t decided = deciding.transmits().size();
    send(deciding, false, std::exchange(offered, decided));
}

/// All that it stores is durable.
void ServerHost::Impl::speak(server::Outbox& decided)
{
    if (decided.empty()) return;
    ask(decided); // not before: of what could not be stored nothing happened, and roll_back() knows of no question
    send(decided, true);
    check_routes(decided);
    tell(decided.decisions());
    decided.clear();
    if (&decided == &deciding) offered = 0;
}

/// A question that cannot be sent counts as one that nobody answers: the server goes on.
void ServerHost::Impl::ask(const server::Outbox& decided)
{
    if (decided.probes().empty()) return;
    counters.send_errors += prober.ask(clock.now(), decided.probes()).failed;
}

void ServerHost::Impl::send(const server::Outbox& decided, bool promises, std::size_t from)
{
    const auto result = sender.send(decided.transmits().subspan(from), promises);
    counters.transmitted += result.sent;
    counters.send_errors += result.failed;
    note_sending(result);
}

void ServerHost::Impl::tell(std::span<const Decision> decisions) const
{
    if (decision_sink && !decisions.empty()) decision_sink(decisions);
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
    offered = 0;
}

void ServerHost::Impl::take_back(server::Outbox& decided)
{
    std::vector<Decision> decisions{decided.decisions().begin(), decided.decisions().end()};
    for (auto& decision : decisions) {
        if (decision.outcome != Outcome::replied || decision.reply == MessageType::offer) continue;
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
