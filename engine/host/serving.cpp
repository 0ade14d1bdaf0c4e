// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/serving.h"

#include <algorithm>
#include <cstring>
#include <linux/if_packet.h>
#include <sys/socket.h>

namespace dorascope::host {

Ipv4Address choose_identity(const Interface& interface, const server::Config& config)
{
    for (const auto& [address, prefix] : interface.addresses)
        for (const auto& subnet : config.subnets)
            if (subnet.prefix.contains(address)) return address;
    return interface.addresses.empty() ? kAnyAddress : interface.addresses.front().address;
}

ServerHost::Impl::Impl(Interface on, ServeSockets with, LeaseStore leases, LinkWatch watch, EventLoop events) : interface {
    std::move(on)
}, sockets{std::move(with)}, file{std::move(leases)}, link{std::move(watch)}, receiver{sockets.packet.get(), interface.name},
    sender{sockets, interface.index, interface.mac}, prober{sockets, interface.index, interface.mac}, loop{std::move(events)}
{ }

tl::expected<void, HostError> ServerHost::Impl::set_clock()
{
    const auto machine = MachineTime::read();
    const auto run = file.begin_run(machine);
    if (!run) return tl::unexpected{run.error()};
    clock = HostClock{run->wall_at_boot};
    of_clock = tell_of(*run, machine);
    return {};
}

tl::expected<void, HostError> ServerHost::Impl::load()
{
    const auto rows = file.count();
    if (!rows) return tl::unexpected{rows.error()};
    server->expect(*rows);
    const Instant now = clock.now();
    return file.read([&](std::span<const server::Lease> part) { server->restore(now, part); });
}

tl::expected<void, HostError> ServerHost::Impl::watch_own()
{
    // The packet socket wakes the loop, no more: every turn ends with a batch.
    if (auto watched = loop.watch(sockets.packet.get(), [] {}); !watched) return watched;
    if (auto watched = loop.watch(timer.descriptor(), [this] { timer.fired(); }); !watched) return watched;
    return loop.watch(link.descriptor(), [this] { watch_link(); });
}

void ServerHost::Impl::notice(NoticeSubject about, std::string sentence, bool over)
{
    if (notice_sink) notice_sink({about, over, std::move(sentence)});
}

/// Counts what is refused here; every request gets its decision from the server.
void ServerHost::Impl::take(Instant now, const ReceivedFrame& frame)
{
    const SortedFrame sorted = sort_frame(frame, link);
    switch (sorted.kind) {
    case FrameKind::request: return receive(now, sorted);
    case FrameKind::damaged: ++counters.bad_frames; return;
    case FrameKind::not_for_us: ++counters.not_for_us; return;
    case FrameKind::reply:
    case FrameKind::arp:
    case FrameKind::icmp: return listen(now, sorted);
    case FrameKind::other: return;
    }
}

/// Of more addresses than there is room for the rest stays unknown to the server: nobody gives a link eight of them.
void ServerHost::Impl::know_addresses(const Interface& on, const server::Config& config)
{
    identity = choose_identity(on, config);
    further = {};
    std::size_t count = 0;
    for (const auto& own : on.addresses)
        if (own.address != identity && count < further.size()) further[count++] = own.address;
    if (server) server->own_addresses(identity, further);
}

server::Inbound ServerHost::Impl::inbound(const SortedFrame& frame) const
{
    server::Inbound inbound;
    inbound.payload = frame.payload;
    inbound.interface = interface.index;
    inbound.local = identity;
    inbound.also_local = further;
    inbound.source = frame.udp.source;
    inbound.destination = frame.udp.destination;
    inbound.source_port = frame.udp.source_port;
    inbound.source_mac = frame.ethernet.source;
    return inbound;
}

void ServerHost::Impl::receive(Instant now, const SortedFrame& frame)
{
    if (identity.is_unspecified()) {
        ++counters.no_address;
        return;
    }
    ++counters.received;
    server->receive(now, inbound(frame), outbox);
}

/// What others on the link say is not addressed to the server, and yet changes what it may offer.
void ServerHost::Impl::listen(Instant now, const SortedFrame& frame)
{
    if (frame.kind == FrameKind::reply) return server->overheard(now, inbound(frame), outbox);
    const auto answer = prober.read(now, frame.ethernet, frame.packet);
    if (!answer) return;
    if (answer->forged) return server->probe_forged(now, answer->address, answer->by, outbox);
    server->probe_answered(now, answer->address, answer->by, outbox);
}

/// A question that cannot be sent counts as one that nobody answers: the server goes on.
void ServerHost::Impl::ask()
{
    if (outbox.probes().empty()) return;
    counters.send_errors += prober.ask(clock.now(), outbox.probes()).failed;
}

void ServerHost::Impl::batch()
{
    const auto frames = receiver.receive();
    {
        const std::lock_guard lock{mutex};
        const Instant now = clock.now();
        for (const auto& frame : frames)
            take(now, frame);
        const auto deadline = server->next_deadline();
        if (deadline && *deadline <= now) server->advance(now, outbox);
    }
    receiver.release(); // what arrives while the disk is waited for finds the whole room
    [[maybe_unused]] const auto settled = settle(); // a failure has been said by then
}

tl::expected<void, HostError> ServerHost::Impl::carry_out(const Order& order)
{
    {
        const std::lock_guard lock{mutex};
        order(clock.now(), *server, outbox);
        if (const auto& on = link.interface()) know_addresses(*on, server->config());
    }
    return settle();
}

/// Commit, then speak: the writes are on disk before the first reply leaves.
tl::expected<void, HostError> ServerHost::Impl::settle()
{
    if (auto stored = store_writes(); !stored) {
        take_back();
        return stored;
    }
    ask(); // not before: of what could not be stored nothing happened, and roll_back() knows of no question
    const auto result = sender.send(outbox.transmits());
    counters.transmitted += result.sent;
    counters.send_errors += result.failed;
    note_sending(result);
    check_routes();
    if (decision_sink && !outbox.decisions().empty()) decision_sink(outbox.decisions());
    outbox.clear();
    if (const auto tidied = file.tidy(); !tidied)
        notice(NoticeSubject::upkeep, tidied.error().text() + " Nothing is lost; serving goes on.");
    return {};
}

tl::expected<void, HostError> ServerHost::Impl::store_writes()
{
    if (outbox.writes().empty()) return {};
    auto stored = file.commit(outbox.writes());
    ++(stored ? counters.commits : counters.store_failures);
    note_disk(stored);
    return stored;
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

/// No reply may leave that the disk does not know of; the clients ask again, and the disk may be well by then.
void ServerHost::Impl::take_back()
{
    {
        const std::lock_guard lock{mutex};
        server->roll_back(outbox);
    }
    std::vector<Decision> decisions{outbox.decisions().begin(), outbox.decisions().end()};
    for (auto& decision : decisions) {
        if (decision.outcome != Outcome::replied) continue;
        decision.outcome = Outcome::silent;
        decision.reply = MessageType::none;
        decision.steps.push_back({StepCode::storage_failed, decision.address, 0, {}});
    }
    if (decision_sink && !decisions.empty()) decision_sink(decisions);
    outbox.clear();
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

void ServerHost::Impl::check_routes()
{
    const auto routed = std::ranges::find(outbox.transmits(), server::Delivery::routed, &server::Transmit::delivery);
    if (routed == outbox.transmits().end()) return;
    if (const auto said = routes.check(clock.now(), routed->destination, interface)) notice(NoticeSubject::route, *said);
}

void ServerHost::Impl::arm_timer()
{
    const auto deadline = [&] {
        const std::lock_guard lock{mutex};
        return server->next_deadline();
    }();
    timer.arm(clock, deadline);
}

void ServerHost::Impl::watch_link()
{
    const auto change = link.update();
    if (notice_sink) std::ranges::for_each(change.notices, notice_sink);
    if (change.gone) {
        gone = HostError{HostError::Kind::no_such_interface, "Interface " + interface.name + " is gone.",
                         "Start the server again when it is back; the leases are kept."};
        return;
    }
    const std::lock_guard lock{mutex};
    know_addresses(*link.interface(), server->config());
}

/// The kernel's counter starts again whenever it is read.
void ServerHost::Impl::read_drops() const
{
    tpacket_stats statistics{};
    socklen_t length = sizeof statistics;
    if (::getsockopt(sockets.packet.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &length) == 0)
        counters.kernel_drops += statistics.tp_drops;
}

} // namespace dorascope::host
