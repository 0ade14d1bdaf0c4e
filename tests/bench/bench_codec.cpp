// SPDX-License-Identifier: GPL-3.0-or-later
// Nanoseconds to parse, dissect and emit one typical message: a DHCPOFFER of 300 octets with ten options.
#include "engine/wire/cursor.h"
#include "engine/wire/dissection.h"
#include "engine/wire/framing.h"
#include "engine/wire/message.h"

#include <array>
#include <benchmark/benchmark.h>

namespace dorascope::wire {
namespace {

Message offer()
{
    Message m;
    m.op = 2;
    m.xid = 0x3903f326;
    m.flags = kBroadcastFlag;
    m.yiaddr = Ipv4Address::from_octets(192, 168, 1, 101);
    m.set_hardware(HardwareAddress::of(MacAddress{{0x8c, 0x79, 0xf5, 0x11, 0x02, 0x5e}}));
    const auto server = Ipv4Address::from_octets(192, 168, 1, 1);
    std::array<std::byte, 8> dns{};
    store_u32(dns.data(), server.value);
    store_u32(dns.data() + 4, Ipv4Address::from_octets(9, 9, 9, 9).value);
    m.options.set_u8(option::message_type, 2);
    m.options.set_address(option::server_identifier, server);
    m.options.set_u32(option::lease_time, 3600);
    m.options.set_u32(option::renewal_time, 1800);
    m.options.set_u32(option::rebinding_time, 3150);
    m.options.set_address(option::subnet_mask, Ipv4Address::from_octets(255, 255, 255, 0));
    m.options.set_address(option::router, server);
    m.options.set(option::dns_servers, dns);
    m.options.set_text(option::domain_name, "lab.example");
    m.options.set_address(option::broadcast_address, Ipv4Address::from_octets(192, 168, 1, 255));
    return m;
}

Buffer offer_octets()
{
    Buffer out;
    emit(offer(), {}, out);
    return out;
}

void Parse(benchmark::State& state)
{
    const auto payload = offer_octets();
    Message message;
    for (auto _ : state) {
        auto read = parse_into(payload, message);
        benchmark::DoNotOptimize(read);
        benchmark::DoNotOptimize(message);
    }
}
BENCHMARK(Parse);

void Emit(benchmark::State& state)
{
    const auto message = offer();
    Buffer out;
    for (auto _ : state) {
        emit(message, {}, out);
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
}
BENCHMARK(Emit);

void Dissect(benchmark::State& state)
{
    const auto payload = offer_octets();
    for (auto _ : state)
        benchmark::DoNotOptimize(dissect(payload));
}
BENCHMARK(Dissect);

void FindOption(benchmark::State& state)
{
    const auto message = offer();
    for (auto _ : state) {
        benchmark::DoNotOptimize(message.options.address(option::broadcast_address)); // the last of ten
        benchmark::DoNotOptimize(message.options.find(option::client_identifier)); // not there
    }
}
BENCHMARK(FindOption);

void UdpFrame(benchmark::State& state)
{
    const auto payload = offer_octets();
    FrameSpec spec;
    spec.source = Ipv4Address::from_octets(192, 168, 1, 1);
    spec.destination = kBroadcastAddress;
    spec.source_port = kServerPort;
    spec.destination_port = kClientPort;
    Buffer out;
    for (auto _ : state) {
        make_udp_frame(spec, payload, out);
        benchmark::DoNotOptimize(parse_ipv4_udp(std::span{out}.subspan(14)));
    }
}
BENCHMARK(UdpFrame);

} // namespace
} // namespace dorascope::wire
