// SPDX-License-Identifier: GPL-3.0-or-later
// Frames per second through decode and LanState, in memory and from a file beside the bare libpcap loop that is the budget's measure;
// octets held per frame; time travel.
#include "capture/observe/lan_state.h"
#include "capture/observe/recording.h"
#include "capture/source/capture_source.h"
#include "engine/wire/cursor.h"
#include "engine/wire/framing.h"
#include "engine/wire/message.h"

#include <array>
#include <benchmark/benchmark.h>
#include <filesystem>
#include <pcap/pcap.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace dorascope;
using namespace std::chrono_literals;

constexpr std::size_t kClients = 250'000, kFrames = 4 * kClients;
const Ipv4Address kServer = Ipv4Address::from_octets(10, 0, 0, 1);

wire::Message message_of(std::uint32_t client, MessageType type)
{
    const bool from_client = type == MessageType::discover || type == MessageType::request;
    wire::Message m;
    m.op = from_client ? 1 : 2;
    m.xid = 0x39030000U + client * 2654435761U;
    m.set_hardware(HardwareAddress::of({{2, 0, static_cast<std::uint8_t>(client >> 24), static_cast<std::uint8_t>(client >> 16),
                                         static_cast<std::uint8_t>(client >> 8), static_cast<std::uint8_t>(client)}}));
    const Ipv4Address address = Ipv4Address::from_octets(10, 1, 0, 0) + client;
    if (!from_client) m.yiaddr = address;
    m.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
    if (from_client) {
        m.options.set_text(wire::option::host_name, "laptop-" + std::to_string(client));
        m.options.set_text(wire::option::vendor_class_identifier, "MSFT 5.0");
        if (type == MessageType::request) {
            m.options.set_address(wire::option::requested_address, address);
            m.options.set_address(wire::option::server_identifier, kServer);
        }
        constexpr std::array<std::byte, 8> kAsked{std::byte{1},  std::byte{3},  std::byte{6},  std::byte{15},
                                                  std::byte{31}, std::byte{33}, std::byte{43}, std::byte{121}};
        m.options.set(wire::option::parameter_request_list, kAsked);
    } else {
        m.options.set_address(wire::option::server_identifier, kServer);
        m.options.set_u32(wire::option::lease_time, 3600);
        m.options.set_u32(wire::option::renewal_time, 1800);
        m.options.set_u32(wire::option::rebinding_time, 3150);
        m.options.set_address(wire::option::subnet_mask, Ipv4Address::from_octets(255, 0, 0, 0));
        m.options.set_address(wire::option::router, kServer);
        std::array<std::byte, 8> dns{};
        wire::store_u32(dns.data(), kServer.value);
        wire::store_u32(dns.data() + 4, Ipv4Address::from_octets(9, 9, 9, 9).value);
        m.options.set(wire::option::dns_servers, dns);
        m.options.set_text(wire::option::domain_name, "lab.example");
    }
    return m;
}

/// A million frames: every client gets its address, sixteen at a time, a handshake every two milliseconds.
class Capture {
public:
    Capture()
    {
        constexpr std::array kTypes{MessageType::discover, MessageType::offer, MessageType::request, MessageType::ack};
        wire::Buffer payload, frame;
        const wire::FrameSpec from_client{{{2, 0, 0, 0, 0, 2}}, kBroadcastMac, kAnyAddress, kBroadcastAddress, 68, 67};
        const wire::FrameSpec from_server{{{2, 0, 0, 0, 0, 1}}, kBroadcastMac, kServer, kBroadcastAddress, 67, 68};
        offsets_.reserve(kFrames + 1);
        for (std::uint32_t group = 0; group < kClients; group += 16) {
            for (const auto type : kTypes) {
                for (std::uint32_t client = group; client < std::min<std::size_t>(group + 16, kClients); ++client) {
                    const auto message = message_of(client, type);
                    wire::emit(message, {}, payload);
                    wire::make_udp_frame(message.op == 1 ? from_client : from_server, payload, frame);
                    offsets_.push_back(bytes_.size());
                    bytes_.insert(bytes_.end(), frame.begin(), frame.end());
                }
            }
        }
        offsets_.push_back(bytes_.size());
    }
    decode::Frame at(std::size_t i) const
    {
        const std::span bytes{bytes_.data() + offsets_[i], offsets_[i + 1] - offsets_[i]};
        const Instant when{std::chrono::seconds{1'700'000'000} + 500us * static_cast<std::int64_t>(i)};
        return {i + 1, when, decode::LinkType::ethernet, static_cast<std::uint32_t>(bytes.size()), bytes};
    }
    std::size_t bytes() const { return bytes_.size(); }

private:
    std::vector<std::byte> bytes_;
    std::vector<std::size_t> offsets_;
};

const Capture& capture()
{
    static const Capture made;
    return made;
}

/// The same as a file, removed at exit.
class CaptureFile {
public:
    CaptureFile() : path_{std::filesystem::temp_directory_path() / ("dorascope-bench-" + std::to_string(::getpid()) + ".pcap")}
    {
        auto writer = source::CaptureWriter::create(path_, decode::LinkType::ethernet);
        for (std::size_t i = 0; writer && i < kFrames; ++i)
            (void)writer->write(capture().at(i));
        if (writer) (void)writer->close();
    }
    ~CaptureFile() { std::filesystem::remove(path_); }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

const std::filesystem::path& capture_file()
{
    static const CaptureFile made;
    return made.path();
}

void frames_per_second(benchmark::State& state)
{
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kFrames));
}

void decode_only(benchmark::State& state)
{
    (void)capture(); // made before the clock runs
    for (auto _ : state) {
        for (std::size_t i = 0; i < kFrames; ++i)
            benchmark::DoNotOptimize(decode::decode(capture().at(i)));
    }
    frames_per_second(state);
}
BENCHMARK(decode_only)->Unit(benchmark::kMillisecond);

void decode_and_observe(benchmark::State& state)
{
    (void)capture(); // made before the clock runs
    std::size_t memory = 0;
    for (auto _ : state) {
        observe::LanState lan;
        observe::Changes changes;
        for (std::size_t i = 0; i < kFrames; ++i) {
            lan.apply(capture().at(i), changes);
            changes.clear();
        }
        memory = lan.memory_used();
        if (lan.bound_count() != kClients) state.SkipWithError("not every client is bound");
    }
    frames_per_second(state);
    state.counters["state_bytes_per_frame"] = static_cast<double>(memory) / kFrames;
}
BENCHMARK(decode_and_observe)->Unit(benchmark::kMillisecond);

void file_bare_pcap_loop(benchmark::State& state)
{
    (void)capture_file(); // made before the clock runs
    for (auto _ : state) {
        std::array<char, PCAP_ERRBUF_SIZE> error{};
        pcap_t* const pcap = pcap_open_offline(capture_file().c_str(), error.data());
        pcap_pkthdr* header = nullptr;
        const unsigned char* bytes = nullptr;
        while (pcap_next_ex(pcap, &header, &bytes) == 1)
            benchmark::DoNotOptimize(bytes);
        pcap_close(pcap);
    }
    frames_per_second(state);
}
BENCHMARK(file_bare_pcap_loop)->Unit(benchmark::kMillisecond);

void file_into_exchanges(benchmark::State& state)
{
    (void)capture_file(); // made before the clock runs
    for (auto _ : state) {
        auto source = source::CaptureSource::open_file(capture_file());
        observe::LanState lan;
        observe::Changes changes;
        for (auto frame = source->next(); frame && *frame; frame = source->next()) {
            lan.apply(**frame, changes);
            changes.clear();
        }
        if (lan.exchanges().size() != kClients) state.SkipWithError("not every exchange was joined");
    }
    frames_per_second(state);
}
BENCHMARK(file_into_exchanges)->Unit(benchmark::kMillisecond);

void recording_append(benchmark::State& state)
{
    (void)capture(); // made before the clock runs
    std::size_t memory = 0;
    for (auto _ : state) {
        observe::Recording recording;
        for (std::size_t i = 0; i < kFrames; ++i)
            recording.append(capture().at(i));
        memory = recording.memory_used();
    }
    frames_per_second(state);
    state.counters["bytes_per_frame"] = static_cast<double>(memory) / kFrames;
    state.counters["beside_the_frame"] = static_cast<double>(memory - capture().bytes()) / kFrames;
}
BENCHMARK(recording_append)->Unit(benchmark::kMillisecond);

/// The playhead dragged over a recording of so many frames, after the first way past.
void time_travel(benchmark::State& state)
{
    const auto frames = static_cast<std::size_t>(state.range(0));
    observe::Recording recording;
    for (std::size_t i = 0; i < frames; ++i)
        recording.append(capture().at(i));
    const Instant first = capture().at(0).at, last = capture().at(frames - 1).at;
    (void)recording.at(last);
    std::int64_t step = 0;
    for (auto _ : state) {
        step = (step + 37) % 100;
        benchmark::DoNotOptimize(recording.at(first + (last - first) * step / 100));
    }
}
BENCHMARK(time_travel)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

} // namespace
