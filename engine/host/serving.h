// SPDX-License-Identifier: GPL-3.0-or-later
// What a ServerHost is made of, and one turn of it: receive a batch, let DhcpServer decide, commit, then transmit. Two batches are on their
// way at a time: one is decided while the other waits for the disk. Parts that live beside the server on its thread (control socket, prober)
// plug in through ServerHost; only what belongs to every server is a member here.
#pragma once

#include "engine/host/deadline_timer.h"
#include "engine/host/event_loop.h"
#include "engine/host/frame_sorter.h"
#include "engine/host/host_clock.h"
#include "engine/host/lease_committer.h"
#include "engine/host/packet_receiver.h"
#include "engine/host/prober.h"
#include "engine/host/reply_sender.h"
#include "engine/host/route_check.h"
#include "engine/host/server_host.h"
#include "engine/host/server_mutex.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace dorascope::host {

struct Counters {
    std::atomic<std::uint64_t> received{0}, transmitted{0}, commits{0}, send_errors{0}, kernel_drops{0}, store_failures{0},
        bad_frames{0}, not_for_us{0}, no_address{0};
};

/// The address by which clients on this link know the server: one in a subnet that is served, else the interface's first.
Ipv4Address choose_identity(const Interface& interface, const server::Config& config);

struct ServerHost::Impl {
    Interface interface; ///< as it was at the start
    Interface known; ///< as the server knows it now; under the mutex
    ServeSockets sockets;
    HostClock clock;
    LinkWatch link;
    PacketReceiver receiver;
    ReplySender sender;
    Prober prober;
    EventLoop loop;
    DeadlineTimer timer;
    Ipv4Address identity;
    std::array<Ipv4Address, 7> further{}; ///< the interface's other addresses; zero: none
    /// Whoever calls it holds the mutex, once there is a server.
    void know_addresses(const Interface& on, const server::Config& config);

    mutable ServerMutex mutex; ///< over server only; never held while disk or network is waited for
    std::optional<server::DhcpServer> server;
    server::Outbox deciding; ///< decided since the last transaction was begun
    struct Ahead {
        std::size_t offered = 0, asked = 0; ///< how many transmits and probes go_ahead() has seen
    } ahead; ///< of what is being decided
    int patience = 0; ///< turns that its writes have waited for company
    server::Outbox storing; ///< what the transaction under way stores, and what may leave after it
    bool under_way = false;
    LeaseCommitter committer; ///< reads what `storing` holds, so it goes first
    std::optional<std::string> of_clock; ///< to be said as soon as somebody listens
    std::optional<HostError> gone; ///< why run() ends by itself

    DecisionSink decision_sink;
    NoticeSink notice_sink;
    mutable Counters counters;
    std::string disk_trouble; ///< what was said of it; empty while all is well
    RouteCheck routes;
    std::uint64_t unanswered = 0; ///< batches since then
    bool sending_fails = false;

    tl::expected<void, HostError> set_clock();
    Impl(Interface on, ServeSockets with, LeaseCommitter leases, LinkWatch watch, EventLoop events);

    tl::expected<void, HostError> load();
    tl::expected<void, HostError> watch_own();
    /// What has arrived and what is due.
    void batch();
    tl::expected<void, HostError> carry_out(const Order& order);
    /// Waits for the disk; then all that was decided is durable and has left, or is taken back.
    tl::expected<void, HostError> settle_all();
    void arm_timer();
    void read_drops() const;

private:
    void notice(NoticeSubject about, std::string sentence, bool over = false);
    void take(Instant now, const ReceivedFrame& frame);
    server::Inbound inbound(const SortedFrame& frame) const;
    void receive(Instant now, const SortedFrame& frame);
    void listen(Instant now, const SortedFrame& frame);
    // settling.cpp
    void settle();
    bool is_ripe();
    void begin_storing();
    void conclude(const tl::expected<void, HostError>& stored);
    void go_ahead();
    void speak(server::Outbox& decided);
    void ask(std::span<const server::ProbeRequest> questions);
    void send(std::span<const server::Transmit> replies, bool promises);
    void tell(std::span<const Decision> decisions) const;
    void tell_of_upkeep();
    void take_back();
    void take_back(server::Outbox& decided);
    void check_routes(const server::Outbox& decided);
    void note_sending(const ReplySender::Result& result);
    std::string sending_failed(const ReplySender::Result& result) const;
    void note_disk(const tl::expected<void, HostError>& outcome);

    void watch_link();
};

} // namespace dorascope::host
