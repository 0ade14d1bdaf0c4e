// SPDX-License-Identifier: GPL-3.0-or-later
// Handshakes per second through the sans-IO server with none to 500 000 leases held, allocations per handshake, octets per lease, time to
// start; what a dropped packet, a probe, and a nearly full pool of 2^24 addresses cost.
#include "engine/server/dhcp_server.h"
#include "engine/server/free_map.h"
#include "engine/wire/message.h"

#include <array>
#include <benchmark/benchmark.h>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

namespace {
std::uint64_t g_allocations = 0; // the benchmarks of the server use one thread
}

// Counted by malloc's front door, for the whole program: an increment each.
[[gnu::noinline]] void* operator new(std::size_t size)
{
    ++g_allocations;
    if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace dorascope::server {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kClients = 100'000, kMany = 500'000;
constexpr std::uint32_t kBatch = 64; ///< packets an Outbox takes before it is committed and cleared
constexpr Ipv4Address kServer = Ipv4Address::from_octets(10, 0, 0, 1);

Config large_network()
{
    Subnet subnet;
    subnet.prefix = {Ipv4Address::from_octets(10, 0, 0, 0), 8};
    subnet.pools = {{Ipv4Address::from_octets(10, 1, 0, 0), {Ipv4Address::from_octets(10, 1, 0, 0).value + 2 * kMany}}};
    subnet.options.routers = {kServer};
    subnet.options.dns_servers = {kServer, Ipv4Address::from_octets(9, 9, 9, 9)};
    subnet.options.domain_name = "lab.example";
    Config config;
    config.subnets = {subnet};
    config.max_offers = 2 * kMany;
    return config;
}

/// One message of a client, its changing octets overwritten in place, so that the client's side costs next to nothing.
class Template {
public:
    explicit Template(MessageType type)
    {
        wire::Message m;
        m.set_hardware(HardwareAddress::of({{2, 0, 0, 0, 0, 0}}));
        m.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
        const std::array<std::uint8_t, 7> id{1, 2, 0, 0xfe, 0xfe, 0xfe, 0xfe};
        m.options.set(wire::option::client_identifier, std::as_bytes(std::span{id}));
        if (type == MessageType::request) {
            m.options.set_address(wire::option::server_identifier, kServer);
            m.options.set_address(wire::option::requested_address, {0xfdfdfdfd});
        }
        m.options.set_text(wire::option::host_name, "laptop-00001");
        m.options.set_text(wire::option::vendor_class_identifier, "MSFT 5.0");
        const std::array<std::uint8_t, 10> list{1, 3, 6, 15, 28, 42, 51, 54, 58, 59};
        m.options.set(wire::option::parameter_request_list, std::as_bytes(std::span{list}));
        m.options.set_u16(wire::option::max_message_size, 1500);
        wire::emit(m, {}, payload_);
        id_at_ = find(0xfe);
        requested_at_ = type == MessageType::request ? find(0xfd) : 0;
    }
    std::span<const std::byte> of(std::uint32_t client, Ipv4Address requested = {})
    {
        put(4, client);
        put(30, client);
        put(id_at_, client);
        if (requested_at_ != 0) put(requested_at_, requested.value);
        return payload_;
    }

private:
    std::size_t find(int octet) const
    {
        const std::array<std::byte, 4> mark{std::byte(octet), std::byte(octet), std::byte(octet), std::byte(octet)};
        return static_cast<std::size_t>(std::search(payload_.begin(), payload_.end(), mark.begin(), mark.end())
                                        - payload_.begin());
    }
    void put(std::size_t at, std::uint32_t v)
    {
        for (std::size_t i = 0; i < 4; ++i)
            payload_[at + i] = static_cast<std::byte>(v >> (24 - 8 * i));
    }
    wire::Buffer payload_;
    std::size_t id_at_ = 0, requested_at_ = 0;
};

class Lan {
public:
    explicit Lan(const Config& config = large_network()) : server_{*DhcpServer::create(config, {}, now_)} { }

    void dora(std::uint32_t client)
    {
        card_ = client;
        hear(discover_.of(client));
        const Ipv4Address offered = out_.decisions().back().address;
        hear(request_.of(client, offered));
        if (out_.decisions().back().reply != MessageType::ack) throw std::runtime_error{"a handshake failed"};
        if (++handshakes_ % (kBatch / 2) == 0) out_.clear();
        now_ += 10us;
        if (handshakes_ % 256 == 0) advance();
    }
    void everybody(std::uint32_t clients = kClients)
    {
        for (std::uint32_t client = 0; client < clients; ++client)
            dora(client);
    }
    /// One DISCOVER, whatever becomes of it.
    void discover(std::uint32_t client)
    {
        card_ = client;
        hear(discover_.of(client));
        now_ += 1us;
        if (out_.decisions().size() >= kBatch) out_.clear();
    }
    /// A handshake that waits for a probe nobody answers.
    void probed_dora(std::uint32_t client)
    {
        discover(client);
        now_ += 1ms;
        out_.clear();
        server_.advance(now_, out_);
        const Ipv4Address offered = out_.decisions().back().address;
        hear(request_.of(client, offered));
        if (out_.decisions().back().reply != MessageType::ack) throw std::runtime_error{"a handshake failed"};
        out_.clear();
    }
    const DhcpServer& server() const { return server_; }

private:
    void hear(std::span<const std::byte> payload)
    {
        Inbound inbound;
        inbound.payload = payload;
        inbound.local = kServer;
        inbound.destination = kBroadcastAddress;
        inbound.source_mac = {{2, 0, static_cast<std::uint8_t>(card_ >> 24), static_cast<std::uint8_t>(card_ >> 16),
                               static_cast<std::uint8_t>(card_ >> 8), static_cast<std::uint8_t>(card_)}};
        server_.receive(now_, inbound, out_);
    }
    void advance()
    {
        const auto due = server_.next_deadline();
        if (!due || *due > now_) return;
        server_.advance(now_, out_);
        out_.clear();
    }

    Instant now_{1'700'000'000s};
    DhcpServer server_;
    Outbox out_;
    Template discover_{MessageType::discover}, request_{MessageType::request};
    std::uint64_t handshakes_ = 0;
    std::uint32_t card_ = 0;
};

/// Clients that are known already: what a LAN's server does all day.
void DoraOfKnownClients(benchmark::State& state)
{
    const auto clients = static_cast<std::uint32_t>(state.range(0));
    Lan lan;
    lan.everybody(clients);
    lan.everybody(clients);
    std::uint32_t client = 0;
    const std::uint64_t before = g_allocations;
    for (auto _ : state) {
        lan.dora(client);
        client = (client + 1) % clients;
    }
    const auto handshakes = static_cast<double>(state.iterations());
    state.counters["dora/s"] = benchmark::Counter(handshakes, benchmark::Counter::kIsRate);
    state.counters["allocations/dora"] = static_cast<double>(g_allocations - before) / handshakes;
    state.counters["octets/lease"] =
        static_cast<double>(lan.server().memory_used()) / static_cast<double>(lan.server().lease_count());
}
BENCHMARK(DoraOfKnownClients)->Arg(1000)->Arg(kClients)->Arg(kMany);

/// The same where an address is asked for before it is offered: what waiting costs, without the wait.
void DoraAfterAProbe(benchmark::State& state)
{
    Config config = large_network();
    config.probe = {.enabled = true, .count = 1, .timeout = 1ms};
    auto lan = std::make_unique<Lan>(config);
    std::uint32_t client = 0;
    for (auto _ : state) {
        lan->probed_dora(client);
        if (++client < kMany) continue;
        state.PauseTiming();
        client = 0;
        lan = std::make_unique<Lan>(config);
        state.ResumeTiming();
    }
}
BENCHMARK(DoraAfterAProbe);

/// A flood beyond one limit or another, among 100 000 leases.
void Dropped(benchmark::State& state, const Limits& limits, std::size_t max_offers)
{
    Config config = large_network();
    config.limits = limits;
    config.max_offers = max_offers;
    Lan lan{config};
    for (std::uint32_t client = 0; client < 1000; ++client)
        lan.discover(client);
    std::uint32_t client = 1000;
    const std::uint64_t before = g_allocations;
    for (auto _ : state)
        lan.discover(limits.client_per_second != 0 ? 1 : ++client);
    state.counters["allocations"] = static_cast<double>(g_allocations - before) / static_cast<double>(state.iterations());
}
BENCHMARK_CAPTURE(Dropped, client_rate, Limits{.client_per_second = 1}, 65536U);
BENCHMARK_CAPTURE(Dropped, total_rate, Limits{.total_per_second = 1}, 65536U);
BENCHMARK_CAPTURE(Dropped, offers_exhausted, Limits{}, 100U);

/// The free map of 10.0.0.0/8, one place in a hundred free: found, taken, and given back elsewhere.
void ChooseAFreeOneOf16Million(benchmark::State& state)
{
    constexpr std::size_t kPlaces = std::size_t{1} << 24;
    FreeMap map{kPlaces};
    std::uint64_t random = 1;
    const auto place = [&random] { return (random = random * 6364136223846793005ULL + 1442695040888963407ULL) >> 40; };
    for (std::size_t i = 0; i < kPlaces / 100; ++i)
        map.set(place());
    for (auto _ : state) {
        const auto free = map.first_free(place());
        if (free) map.clear(*free);
        map.set(place());
        benchmark::DoNotOptimize(free);
    }
    state.counters["bits/address"] = static_cast<double>(map.memory_used()) * 8 / kPlaces;
}
BENCHMARK(ChooseAFreeOneOf16Million);

/// A whole DISCOVER in a pool of 2^24 addresses, and the memory of a server that has one.
void DiscoverInAPoolOf16Million(benchmark::State& state)
{
    Config config = large_network();
    config.subnets[0].pools = {{Ipv4Address::from_octets(10, 0, 0, 1), Ipv4Address::from_octets(10, 255, 255, 254)}};
    Lan lan{config};
    const auto size = static_cast<double>(lan.server().pool_use()[0].size);
    state.counters["bits/address"] = static_cast<double>(lan.server().memory_used()) * 8 / size;
    std::uint32_t client = 0;
    for (auto _ : state)
        lan.discover(client++ % kMany);
}
BENCHMARK(DiscoverInAPoolOf16Million);

/// A hundred thousand clients that nobody has seen before.
void DoraOfNewClients(benchmark::State& state)
{
    for (auto _ : state) {
        state.PauseTiming();
        auto lan = std::make_unique<Lan>();
        state.ResumeTiming();
        lan->everybody();
        state.PauseTiming();
        state.counters["octets/lease"] =
            static_cast<double>(lan->server().memory_used()) / static_cast<double>(lan->server().lease_count());
        lan.reset();
        state.ResumeTiming();
    }
    state.counters["dora/s"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * kClients, benchmark::Counter::kIsRate);
}
BENCHMARK(DoraOfNewClients)->Unit(benchmark::kMillisecond);

void StartWith(benchmark::State& state)
{
    Lan lan;
    lan.everybody(static_cast<std::uint32_t>(state.range(0)));
    const LeaseTable leases = lan.server().leases();
    for (auto _ : state) {
        auto server = DhcpServer::create(large_network(), leases, Instant{1'700'000'100s});
        benchmark::DoNotOptimize(server);
    }
}
BENCHMARK(StartWith)->Arg(kClients)->Arg(kMany)->Unit(benchmark::kMillisecond);

/// One reservation more or less, and nothing else: the serving thread's stall.
void ReserveOneAddress(benchmark::State& state)
{
    Lan lan;
    lan.everybody(static_cast<std::uint32_t>(state.range(0)));
    auto server = DhcpServer::create(large_network(), lan.server().leases(), Instant{1'700'000'100s});
    const Config without = large_network();
    Config with = without;
    with.subnets[0].reservations.resize(1);
    with.subnets[0].reservations[0].address = Ipv4Address::from_octets(10, 1, 1, 1);
    with.subnets[0].reservations[0].hardware = HardwareAddress::of({{2, 9, 9, 9, 9, 9}});
    Outbox out;
    bool reserved = false;
    for (auto _ : state) {
        reserved = !reserved;
        const auto done = server->reconfigure(Instant{1'700'000'100s}, reserved ? with : without, out);
        if (!done) throw std::runtime_error{"a reservation was refused"};
        out.clear();
    }
}
BENCHMARK(ReserveOneAddress)->Arg(kMany)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace dorascope::server
