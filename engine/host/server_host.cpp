// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/server_host.h"

#include "engine/host/serving.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <mutex>
#include <unistd.h>

namespace dorascope::host {
namespace {

HostError config_error(const server::ConfigErrors& errors)
{
    HostError error{HostError::Kind::config, "The configuration cannot be served:", ""};
    for (const auto& [key, problem, suggestion] : errors) {
        error.problem += fmt::format(" {}: {};", key, problem);
        if (error.remedy.empty()) error.remedy = suggestion;
    }
    error.problem.back() = '.';
    return error;
}

} // namespace

std::filesystem::path default_state_dir()
{
    if (const char* state = std::getenv("XDG_STATE_HOME"); state && state[0] == '/')
        return std::filesystem::path{state} / "dorascope";
    if (::geteuid() == 0) return "/var/lib/dorascope";
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
    auto committer = LeaseCommitter::open(std::move(*store));
    if (!committer) return tl::unexpected{std::move(committer.error())};
    auto link = LinkWatch::open(*interface);
    if (!link) return tl::unexpected{std::move(link.error())};
    auto loop = EventLoop::open();
    if (!loop) return tl::unexpected{std::move(loop.error())};

    auto impl = std::make_unique<Impl>(std::move(*interface), std::move(*sockets), std::move(*committer), std::move(*link),
                                       std::move(*loop));
    if (auto set = impl->set_clock(); !set) return tl::unexpected{std::move(set.error())};
    auto server = server::DhcpServer::create(std::move(options.config), {}, impl->clock.now());
    if (!server) return tl::unexpected{config_error(server.error())};
    impl->server.emplace(std::move(*server));
    impl->know_addresses(impl->interface, impl->server->config());
    if (auto loaded = impl->load(); !loaded) return tl::unexpected{std::move(loaded.error())};
    if (auto watched = impl->watch_own(); !watched) return tl::unexpected{std::move(watched.error())};
    return ServerHost{std::move(impl)};
}

void ServerHost::on_decisions(DecisionSink sink) { impl_->decision_sink = std::move(sink); }
void ServerHost::on_notice(NoticeSink sink)
{
    impl_->notice_sink = std::move(sink);
    if (impl_->notice_sink && impl_->of_clock)
        impl_->notice_sink({NoticeSubject::clock, false, *std::exchange(impl_->of_clock, std::nullopt)});
}
Instant ServerHost::now() const { return impl_->clock.now(); }

tl::expected<void, HostError> ServerHost::watch(int descriptor, std::function<void()> on_ready)
{
    return impl_->loop.watch(descriptor, std::move(on_ready));
}
void ServerHost::forget(int descriptor) { impl_->loop.forget(descriptor); }
LeaseStore& ServerHost::store() { return impl_->committer.store(); }
void ServerHost::post(std::function<void()> task) { impl_->loop.post(std::move(task)); }
tl::expected<void, HostError> ServerHost::carry_out(const Order& order) { return impl_->carry_out(order); }

void ServerHost::look(const std::function<void(Instant now, const server::DhcpServer& server)>& at) const
{
    const std::lock_guard lock{impl_->mutex};
    at(impl_->clock.now(), *impl_->server);
}

tl::expected<void, HostError> ServerHost::run()
{
    for (;;) {
        impl_->arm_timer();
        const auto goes_on = impl_->loop.turn();
        if (!goes_on || !*goes_on || impl_->gone) {
            [[maybe_unused]] const auto settled = impl_->settle_all(); // what was decided is still answered
            if (!goes_on) return tl::unexpected{goes_on.error()};
            if (impl_->gone) return tl::unexpected{*impl_->gone};
            return {};
        }
        impl_->batch();
    }
}

void ServerHost::stop() { impl_->loop.stop(); }

Interface ServerHost::interface() const
{
    const std::lock_guard lock{impl_->mutex};
    return impl_->known;
}
Ipv4Address ServerHost::identity() const
{
    const std::lock_guard lock{impl_->mutex};
    return impl_->identity;
}

HostCounters ServerHost::counters() const
{
    impl_->read_drops();
    const Counters& c = impl_->counters;
    return {c.received,       c.transmitted, c.commits,    c.send_errors, c.kernel_drops,
            c.store_failures, c.bad_frames,  c.not_for_us, c.no_address};
}

std::vector<server::Lease> ServerHost::leases() const
{
    std::vector<server::Lease> all;
    {
        const std::lock_guard lock{impl_->mutex};
        all.reserve(impl_->server->lease_count());
    }
    for (std::size_t cursor = 0; cursor != server::kEndOfLeases;)
        cursor = leases(cursor, all);
    // An address that was forgotten and leased anew meanwhile can have been seen twice: the later look counts.
    std::ranges::stable_sort(all, {}, &server::Lease::address);
    const auto last = std::unique(all.rbegin(), all.rend(), [](const auto& a, const auto& b) { return a.address == b.address; });
    all.erase(all.begin(), last.base());
    return all;
}

std::size_t ServerHost::leases(std::size_t cursor, std::vector<server::Lease>& to) const
{
    constexpr std::size_t kBite = 256; // some 50 microseconds
    impl_->mutex.give_way();
    const std::lock_guard lock{impl_->mutex};
    return impl_->server->copy_leases(cursor, kBite, to);
}

std::optional<server::Lease> ServerHost::lease(Ipv4Address address) const
{
    const std::lock_guard lock{impl_->mutex};
    return impl_->server->lease(address);
}

std::vector<server::PoolUse> ServerHost::pool_use() const
{
    const std::lock_guard lock{impl_->mutex};
    return impl_->server->pool_use();
}

} // namespace dorascope::host
