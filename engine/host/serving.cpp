// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/serving.h"

#include "engine/host/lease_reader.h"

#include <algorithm>
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

ServerHost::Impl::Impl(Interface on, ServeSockets with, LeaseCommitter leases, LinkWatch watch, EventLoop events) : interface {
    std::move(on)
}, sockets{std::move(with)}, link{std::move(watch)}, receiver{sockets.packet.get(), interface.mtu},
    sender{sockets, interface.mac}, prober{sockets, interface.index, interface.mac}, loop{std::move(events)},
    committer{std::move(leases)}
{ }

tl::expected<void, HostError> ServerHost::Impl::set_clock()
{
    const auto machine = MachineTime::read();
    const auto run = committer.store().begin_run(machine);
    if (!run) return tl::unexpected{run.error()};
    clock = HostClock{run->wall_at_boot};
    of_clock = tell_of(*run, machine);
    return {};
}

tl::expected<void, HostError> ServerHost::Impl::load()
{
    const LeaseStore& file = committer.store();
    const auto rows = file.count();
    if (!rows) return tl::unexpected{rows.error()};
    server->expect(*rows);
    const Instant now = clock.now();
    return read_ahead(file, [&](std::span<const server::Lease> part) { server->restore(now, part); });
}

tl::expected<void, HostError> ServerHost::Impl::watch_own()
{
    // These wake the loop, no more: every turn ends with a batch.
    for (const int waker : {sockets.packet.get(), committer.descriptor()})
        if (auto watched = loop.watch(waker, [] {}); !watched) return watched;
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
    known = on;
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
    inbound.mtu = link.interface() ? link.interface()->mtu : interface.mtu;
    return inbound;
}

void ServerHost::Impl::receive(Instant now, const SortedFrame& frame)
{
    if (identity.is_unspecified()) {
        ++counters.no_address;
        return;
    }
    ++counters.received;
    server->receive(now, inbound(frame), deciding);
}

/// What others on the link say is not addressed to the server, and yet changes what it may offer.
void ServerHost::Impl::listen(Instant now, const SortedFrame& frame)
{
    if (frame.kind == FrameKind::reply) return server->overheard(now, inbound(frame), deciding);
    const auto answer = prober.read(now, frame.ethernet, frame.packet);
    if (!answer) return;
    if (answer->forged) return server->probe_forged(now, answer->address, answer->by, deciding);
    server->probe_answered(now, answer->address, answer->by, deciding);
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
        if (deadline && *deadline <= now) server->advance(now, deciding);
    }
    receiver.release(); // what arrives meanwhile finds the whole room
    settle();
}

tl::expected<void, HostError> ServerHost::Impl::carry_out(const Order& order)
{
    // What was decided before is not this order's to fail; a failure of it has been said.
    [[maybe_unused]] const auto before = settle_all();
    {
        const std::lock_guard lock{mutex};
        order(clock.now(), *server, deciding);
        if (const auto& on = link.interface()) know_addresses(*on, server->config());
    }
    return settle_all();
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
