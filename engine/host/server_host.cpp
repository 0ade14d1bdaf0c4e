// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/server_host.h"

#include "engine/host/host_clock.h"
#include "engine/host/link_watch.h"
#include "engine/host/packet_receiver.h"
#include "engine/host/reply_sender.h"
#include "engine/wire/framing.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <linux/if_packet.h>
#include <mutex>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace dorascope::host {
namespace {

using Kind = HostError::Kind;

struct Counters {
    std::atomic<std::uint64_t> received{0}, transmitted{0}, commits{0}, send_errors{0}, kernel_drops{0}, store_failures{0},
        bad_frames{0}, not_for_us{0};
};

HostError system_error(const char* call)
{
    return {Kind::system, std::string{"Serving is impossible: "} + call + ": " + std::strerror(errno) + ".", ""};
}

HostError config_error(const server::ConfigErrors& errors)
{
    HostError error{Kind::config, "The configuration cannot be served:", ""};
    for (const auto& [key, problem, suggestion] : errors) {
        error.problem += " " + key + ": " + problem + ";";
        if (error.remedy.empty()) error.remedy = suggestion;
    }
    error.problem.back() = '.';
    return error;
}

/// The address by which clients on this link know the server: one in a subnet that is served, else the interface's first.
Ipv4Address choose_identity(const Interface& interface, const server::Config& config)
{
    for (const auto& [address, prefix] : interface.addresses)
        for (const auto& subnet : config.subnets)
            if (subnet.prefix.contains(address)) return address;
    return interface.addresses.empty() ? kAnyAddress : interface.addresses.front().address;
}

} // namespace

struct ServerHost::Impl {
    Interface interface; ///< as it was at the start
    ServeSockets sockets;
    LeaseStore store;
    HostClock clock;
    LinkWatch link;
    PacketReceiver receiver;
    ReplySender sender;
    Ipv4Address identity;

    mutable std::mutex mutex; ///< over server only; never held while disk or network is waited for
    std::optional<server::DhcpServer> server;
    server::Outbox outbox;
    std::optional<Instant> armed; ///< what the timer is set to

    Descriptor epoll, stopper, timer;
    DecisionSink decision_sink;
    NoticeSink notice_sink;
    mutable Counters counters;

    Impl(Interface on, ServeSockets with, LeaseStore leases, LinkWatch watch) : interface {
        std::move(on)
    }, sockets{std::move(with)}, store{std::move(leases)}, link{std::move(watch)}, receiver{sockets.packet.get()},
        sender{sockets, interface.index, interface.mac}
    { }

    tl::expected<void, HostError> open_events();
    void notice(const std::string& sentence)
    {
        if (notice_sink) notice_sink(sentence);
    }
    bool accepts(const ReceivedFrame& frame, const wire::UdpView& udp);
    void receive(Instant now, const ReceivedFrame& frame);
    void batch();
    void settle();
    void store_failed(const HostError& error);
    void arm_timer();
    void timer_fired();
    tl::expected<void, HostError> watch_link();
    void read_drops() const;
};

tl::expected<void, HostError> ServerHost::Impl::open_events()
{
    epoll = Descriptor{::epoll_create1(EPOLL_CLOEXEC)};
    stopper = Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    timer = Descriptor{::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)};
    if (!epoll || !stopper || !timer) return tl::unexpected{system_error("epoll")};
    for (const int fd : {sockets.packet.get(), stopper.get(), timer.get(), link.descriptor()}) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0) return tl::unexpected{system_error("epoll_ctl")};
    }
    return {};
}

/// Counts what is refused here; all else gets its decision from the server.
bool ServerHost::Impl::accepts(const ReceivedFrame& frame, const wire::UdpView& udp)
{
    // A frame from this machine (veth, bridge) is given its UDP checksum only when it leaves through hardware.
    const bool damaged = frame.cut || udp.cut || udp.ip_checksum == wire::Checksum::bad
        || (udp.udp_checksum == wire::Checksum::bad && !frame.checksum_pending);
    if (damaged) {
        ++counters.bad_frames;
        return false;
    }
    const auto& on_link = link.interface();
    const bool to_link_broadcast = on_link && std::ranges::any_of(on_link->addresses, [&](const InterfaceAddress& a) {
                                       return a.prefix.length < 31 && a.prefix.broadcast() == udp.destination;
                                   });
    const bool to_us = udp.destination.is_broadcast() || to_link_broadcast || link.is_own_address(udp.destination);
    if (to_us && !frame.for_another_host && udp.destination_port == wire::kServerPort) return true;
    ++counters.not_for_us;
    return false;
}

void ServerHost::Impl::receive(Instant now, const ReceivedFrame& frame)
{
    const auto ethernet = wire::parse_ethernet(frame.bytes);
    if (!ethernet || ethernet->ether_type != wire::kEtherIpv4) return; // ARP and echo replies: nothing asks yet
    const auto packet = frame.bytes.subspan(ethernet->payload_offset);
    const auto udp = wire::parse_ipv4_udp(packet);
    if (!udp) {
        counters.bad_frames += udp.error().code == wire::FrameCode::not_udp ? 0U : 1U;
        return;
    }
    if (!accepts(frame, *udp)) return;
    if (identity.is_unspecified()) return;
    ++counters.received;
    server::Inbound inbound;
    inbound.payload = packet.subspan(udp->payload_offset, udp->payload_length);
    inbound.interface = interface.index;
    inbound.local = identity;
    inbound.source = udp->source;
    inbound.destination = udp->destination;
    inbound.source_port = udp->source_port;
    inbound.source_mac = ethernet->source;
    server->receive(now, inbound, outbox);
}

/// One turn: what has arrived and what is due.
void ServerHost::Impl::batch()
{
    const auto frames = receiver.receive();
    {
        const std::lock_guard lock{mutex};
        const Instant now = clock.now();
        for (const auto& frame : frames)
            receive(now, frame);
        const auto deadline = server->next_deadline();
        if (deadline && *deadline <= now) server->advance(now, outbox);
    }
    settle();
}

/// Commit, then speak: the writes are on disk before the first reply leaves (DESIGN).
void ServerHost::Impl::settle()
{
    if (!outbox.writes().empty()) {
        if (const auto stored = store.commit(outbox.writes()); !stored) return store_failed(stored.error());
        ++counters.commits;
    }
    const auto result = sender.send(outbox.transmits());
    counters.transmitted += result.sent;
    counters.send_errors += result.failed;
    if (result.failed > 0)
        notice(std::to_string(result.failed) + " replies could not be sent on " + interface.name + ": "
               + std::strerror(result.error) + ".");
    if (decision_sink && !outbox.decisions().empty()) decision_sink(outbox.decisions());
    outbox.clear();
}

/// No reply may leave that the disk does not know of; the clients ask again, and the disk may be well by then.
void ServerHost::Impl::store_failed(const HostError& error)
{
    ++counters.store_failures;
    {
        const std::lock_guard lock{mutex};
        server->roll_back(outbox);
    }
    notice(error.text() + " Nothing of this batch was answered; serving goes on.");
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

void ServerHost::Impl::arm_timer()
{
    const auto deadline = [&] {
        const std::lock_guard lock{mutex};
        return server->next_deadline();
    }();
    if (deadline == armed) return;
    armed = deadline;
    itimerspec when{}; // zero: off
    if (deadline && *deadline != kNever) {
        const auto boot = std::max(clock.boot_time_of(*deadline), Duration{1});
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(boot);
        when.it_value = {seconds.count(), (boot - seconds).count()};
    }
    ::timerfd_settime(timer.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

/// Read, or it stays readable; and whatever is next is set anew.
void ServerHost::Impl::timer_fired()
{
    std::uint64_t times = 0;
    [[maybe_unused]] const ssize_t length = ::read(timer.get(), &times, sizeof times);
    armed.reset();
}

tl::expected<void, HostError> ServerHost::Impl::watch_link()
{
    const auto change = link.update();
    for (const auto& sentence : change.notices)
        notice(sentence);
    if (change.gone)
        return tl::unexpected{HostError{Kind::no_such_interface, "Interface " + interface.name + " is gone.",
                                        "Start the server again when it is back; the leases are kept."}};
    identity = choose_identity(*link.interface(), server->config());
    return {};
}

/// The kernel's counter starts again whenever it is read.
void ServerHost::Impl::read_drops() const
{
    tpacket_stats statistics{};
    socklen_t length = sizeof statistics;
    if (::getsockopt(sockets.packet.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &length) == 0)
        counters.kernel_drops += statistics.tp_drops;
}

std::filesystem::path default_state_dir()
{
    if (::geteuid() == 0) return "/var/lib/dorascope";
    if (const char* state = std::getenv("XDG_STATE_HOME"); state && state[0] == '/')
        return std::filesystem::path{state} / "dorascope";
    const char* const home = std::getenv("HOME");
    return std::filesystem::path{home && *home ? home : "."} / ".local/state/dorascope";
}

ServerHost::ServerHost(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} { }
ServerHost::ServerHost(ServerHost&&) noexcept = default;
ServerHost& ServerHost::operator=(ServerHost&&) noexcept = default;
ServerHost::~ServerHost() = default;

tl::expected<ServerHost, HostError> ServerHost::open(ServeOptions options)
{
    auto interface = interface_to_serve(options.interface);
    if (!interface) return tl::unexpected{std::move(interface.error())};
    auto sockets = request_serve(options.interface);
    if (!sockets) return tl::unexpected{std::move(sockets.error())};
    const auto folder = options.state_dir.empty() ? default_state_dir() : options.state_dir;
    auto store = LeaseStore::open(folder / ("leases-" + interface->name + ".sqlite"));
    if (!store) return tl::unexpected{std::move(store.error())};
    auto leases = store->load();
    if (!leases) return tl::unexpected{std::move(leases.error())};
    auto link = LinkWatch::open(*interface);
    if (!link) return tl::unexpected{std::move(link.error())};

    auto impl = std::make_unique<Impl>(std::move(*interface), std::move(*sockets), std::move(*store), std::move(*link));
    impl->identity = choose_identity(impl->interface, options.config);
    auto server = server::DhcpServer::create(std::move(options.config), std::move(*leases), impl->clock.now());
    if (!server) return tl::unexpected{config_error(server.error())};
    impl->server.emplace(std::move(*server));
    if (auto opened = impl->open_events(); !opened) return tl::unexpected{std::move(opened.error())};
    return ServerHost{std::move(impl)};
}

void ServerHost::on_decisions(DecisionSink sink) { impl_->decision_sink = std::move(sink); }
void ServerHost::on_notice(NoticeSink sink) { impl_->notice_sink = std::move(sink); }

tl::expected<void, HostError> ServerHost::run()
{
    for (;;) {
        impl_->arm_timer();
        std::array<epoll_event, 4> events{};
        const int count = ::epoll_wait(impl_->epoll.get(), events.data(), static_cast<int>(events.size()), -1);
        if (count < 0 && errno != EINTR) return tl::unexpected{system_error("epoll_wait")};
        for (const auto& event : std::span{events}.first(static_cast<std::size_t>(std::max(count, 0)))) {
            if (event.data.fd == impl_->stopper.get()) return {};
            if (event.data.fd == impl_->timer.get()) impl_->timer_fired();
            if (event.data.fd != impl_->link.descriptor()) continue;
            if (auto usable = impl_->watch_link(); !usable) return usable;
        }
        impl_->batch();
    }
}

void ServerHost::stop()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(impl_->stopper.get(), &one, sizeof one);
}

const Interface& ServerHost::interface() const { return impl_->interface; }

HostCounters ServerHost::counters() const
{
    impl_->read_drops();
    const Counters& c = impl_->counters;
    return {c.received, c.transmitted, c.commits, c.send_errors, c.kernel_drops, c.store_failures, c.bad_frames, c.not_for_us};
}

std::vector<server::Lease> ServerHost::leases() const
{
    const std::lock_guard lock{impl_->mutex};
    return impl_->server->leases();
}

std::vector<server::PoolUse> ServerHost::pool_use() const
{
    const std::lock_guard lock{impl_->mutex};
    return impl_->server->pool_use();
}

} // namespace dorascope::host
