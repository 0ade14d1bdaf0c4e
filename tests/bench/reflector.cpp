// SPDX-License-Identifier: GPL-3.0-or-later
// bench_reflector: what the kernel alone costs. recvmmsg, a DISCOVER becomes an OFFER and a REQUEST an ACK by patching a few octets,
// sendmmsg; nothing is looked up, nothing is kept. With --sync FILE each batch that holds a REQUEST is written and synced first, as a
// server must that keeps its promises: the least that durability costs. No DHCP server: the yardstick beside the real ones.
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <span>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr unsigned kBatch = 64;
constexpr std::size_t kHeader = 240, kXid = 4, kCiaddr = 12, kYiaddr = 16, kGiaddr = 24; // RFC 2131 §2; the cookie included
constexpr std::uint32_t kFirstAddress = 0x0a000001U + 0x00010000U; // 10.1.0.1 and up
constexpr std::uint32_t kAddresses = 0x00f00000U; // 15 million, so that a storm sees none of them twice

struct Slot {
    std::array<std::uint8_t, 1500> octets;
    sockaddr_in from;
    iovec part;
};
std::array<Slot, kBatch> slots;
std::array<mmsghdr, kBatch> messages;

[[noreturn]] void fail(const char* what)
{
    std::fprintf(stderr, "bench_reflector: %s: %s\n", what, std::strerror(errno));
    std::exit(2);
}

std::uint8_t* option(std::span<std::uint8_t> message, std::uint8_t code)
{
    for (std::size_t i = kHeader; i + 1 < message.size() && message[i] != 255;) {
        if (message[i] == 0) {
            ++i;
            continue;
        }
        if (i + 2 + message[i + 1] > message.size()) return nullptr;
        if (message[i] == code) return &message[i];
        i += 2U + message[i + 1];
    }
    return nullptr;
}

std::uint8_t* put_u32(std::uint8_t* at, std::uint8_t code, std::uint32_t value)
{
    *at++ = code;
    *at++ = 4;
    const std::uint32_t wire = htonl(value);
    std::memcpy(at, &wire, sizeof wire);
    return at + sizeof wire;
}

/// In place. False for what is neither DISCOVER nor REQUEST. `durable` becomes true when a promise is made.
bool reflect(std::span<std::uint8_t> message, std::uint32_t identity, bool& durable)
{
    static std::uint32_t next = 0;
    if (message.size() < kHeader + 60 || message[0] != 1) return false;
    const std::uint8_t* const type = option(message, 53);
    if (type == nullptr || (type[2] != 1 && type[2] != 3)) return false;
    const bool is_request = type[2] == 3;
    std::uint32_t address = htonl(kFirstAddress + next % kAddresses);
    if (is_request) {
        const std::uint8_t* const wanted = option(message, 50);
        std::memcpy(&address, wanted != nullptr && wanted[1] == 4 ? wanted + 2 : &message[kCiaddr], sizeof address);
        durable = true;
    } else {
        ++next;
    }
    message[0] = 2;
    message[3] = 0; // hops
    std::memcpy(&message[kYiaddr], &address, sizeof address);
    std::uint8_t* at = &message[kHeader];
    *at++ = 53;
    *at++ = 1;
    *at++ = is_request ? 5 : 2;
    at = put_u32(at, 54, identity);
    at = put_u32(at, 51, 3600);
    at = put_u32(at, 1, 0xff000000U);
    at = put_u32(at, 3, identity);
    *at++ = 255;
    std::memset(at, 0, static_cast<std::size_t>(message.data() + message.size() - at));
    return true;
}

constexpr std::size_t kLog = std::size_t{16} << 20;

/// A log as a store keeps it: blocks that are there already and are written over and over. A file that grows would have the file system
/// write its own journal with every sync.
int open_log(const char* name)
{
    const int file = ::open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) fail(name);
    static const std::array<std::uint8_t, 65536> zeros{};
    for (std::size_t written = 0; written < kLog; written += zeros.size())
        if (::write(file, zeros.data(), zeros.size()) != static_cast<ssize_t>(zeros.size())) fail(name);
    if (::fsync(file) != 0) fail(name);
    return file;
}

/// What a store could not do with less: one write, one sync.
void sync(int file, unsigned count)
{
    static std::array<std::uint8_t, kBatch * 64> record;
    static std::size_t at = 0;
    for (unsigned i = 0; i < count; ++i)
        std::memcpy(&record[i * 64], &slots[i].octets[kXid], 64);
    if (::pwrite(file, record.data(), count * 64, static_cast<off_t>(at)) < 0 || ::fdatasync(file) != 0) fail("sync");
    at = (at + count * 64) % (kLog - record.size());
}

// ---------------------------------------------------------------- where messages come from and go to

/// A relay agent's: a UDP socket. Or frames of clients on the link.
struct Place {
    int fd = -1;
    std::uint32_t identity = 0;
    bool link = false;
    std::array<std::uint8_t, 6> mac{};
};

constexpr std::size_t kIp = 14, kUdp = 34, kPayload = 42; // in a frame without VLAN tag and IP options

bool is_request_frame(std::span<const std::uint8_t> frame)
{
    return frame.size() > kPayload && frame[12] == 8 && frame[13] == 0 && frame[kIp] == 0x45 && frame[kIp + 9] == IPPROTO_UDP
        && frame[kUdp + 2] == 0 && frame[kUdp + 3] == 67;
}

void put_checksum(std::uint8_t* header)
{
    header[10] = header[11] = 0;
    std::uint32_t sum = 0;
    for (unsigned i = 0; i < 20; i += 2)
        sum += static_cast<std::uint32_t>(header[i] << 8 | header[i + 1]);
    sum = (sum & 0xffff) + (sum >> 16);
    const std::uint32_t checksum = ~(sum + (sum >> 16));
    header[10] = static_cast<std::uint8_t>(checksum >> 8);
    header[11] = static_cast<std::uint8_t>(checksum);
}

/// From 67 to 68, to everybody; without a UDP checksum (RFC 768 allows it).
void turn_round(std::span<std::uint8_t> frame, const Place& place)
{
    std::memset(frame.data(), 0xff, 6);
    std::memcpy(&frame[6], place.mac.data(), place.mac.size());
    const std::uint32_t identity = htonl(place.identity);
    std::memcpy(&frame[kIp + 12], &identity, sizeof identity);
    std::memset(&frame[kIp + 16], 0xff, 4);
    put_checksum(&frame[kIp]);
    frame[kUdp + 1] = 67;
    frame[kUdp + 3] = 68;
    frame[kUdp + 6] = frame[kUdp + 7] = 0;
}

bool answer(Slot& slot, std::size_t length, const Place& place, bool& durable)
{
    const std::span<std::uint8_t> octets{slot.octets.data(), length};
    slot.part.iov_len = length;
    if (place.link) {
        if (!is_request_frame(octets) || !reflect(octets.subspan(kPayload), place.identity, durable)) return false;
        turn_round(octets, place);
        return true;
    }
    if (!reflect(octets, place.identity, durable)) return false;
    // RFC 2131 §4.1: to the relay agent's port 67, which is where it came from.
    std::memcpy(&slot.from.sin_addr.s_addr, &slot.octets[kGiaddr], sizeof(std::uint32_t));
    return true;
}

void prepare(const Place& place)
{
    for (unsigned i = 0; i < kBatch; ++i) {
        auto& slot = slots[i];
        slot.part = {slot.octets.data(), slot.octets.size()};
        messages[i].msg_hdr = {};
        if (!place.link) messages[i].msg_hdr.msg_name = &slot.from;
        if (!place.link) messages[i].msg_hdr.msg_namelen = sizeof slot.from;
        messages[i].msg_hdr.msg_iov = &slot.part;
        messages[i].msg_hdr.msg_iovlen = 1;
    }
}

void serve(const Place& place, int file)
{
    for (;;) {
        prepare(place);
        const int count = ::recvmmsg(place.fd, messages.data(), kBatch, MSG_WAITFORONE, nullptr);
        if (count < 0 && errno != EINTR) fail("recvmmsg");
        unsigned kept = 0;
        bool durable = false;
        for (unsigned i = 0; i < static_cast<unsigned>(count < 0 ? 0 : count); ++i) {
            if (answer(slots[i], messages[i].msg_len, place, durable)) messages[kept++].msg_hdr = messages[i].msg_hdr;
        }
        if (durable && file >= 0) sync(file, kept);
        for (unsigned done = 0; done < kept;) {
            const int sent = ::sendmmsg(place.fd, messages.data() + done, kept - done, 0);
            done += sent > 0 ? static_cast<unsigned>(sent) : 1U;
        }
    }
}

void open_udp(Place& place)
{
    place.fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_port = htons(67);
    local.sin_addr.s_addr = htonl(place.identity);
    if (place.fd < 0 || ::bind(place.fd, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) fail("port 67");
}

void open_link(Place& place, const char* interface)
{
    place.link = true;
    place.fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    ifreq query{};
    std::strncpy(query.ifr_name, interface, sizeof query.ifr_name - 1);
    if (place.fd < 0 || ::ioctl(place.fd, SIOCGIFHWADDR, &query) != 0) fail(interface);
    std::memcpy(place.mac.data(), query.ifr_hwaddr.sa_data, place.mac.size());
    const int on = 1;
    sockaddr_ll local{};
    local.sll_family = AF_PACKET;
    local.sll_protocol = htons(0x0800);
    local.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
    if (::setsockopt(place.fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0
        || ::bind(place.fd, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0)
        fail(interface);
}

int usage()
{
    std::fputs("usage: bench_reflector ADDRESS [--link IF] [--sync FILE]\n", stderr);
    return 2;
}

} // namespace

int main(int argc, char** argv)
{
    in_addr address{};
    if (argc < 2 || argc % 2 != 0 || ::inet_pton(AF_INET, argv[1], &address) != 1) return usage();
    Place place;
    place.identity = ntohl(address.s_addr);
    int file = -1;
    for (int i = 2; i < argc; i += 2) {
        if (std::string_view{argv[i]} == "--sync") {
            file = open_log(argv[i + 1]);
        } else if (std::string_view{argv[i]} == "--link") {
            open_link(place, argv[i + 1]);
        } else {
            return usage();
        }
    }
    if (!place.link) open_udp(place);
    const int room = 8 << 20;
    ::setsockopt(place.fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    std::puts("reflecting");
    std::fflush(stdout);
    serve(place, file);
}
