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
#include <netinet/in.h>
#include <span>
#include <string_view>
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

void serve(int fd, int file, std::uint32_t identity)
{
    for (;;) {
        for (unsigned i = 0; i < kBatch; ++i) {
            auto& slot = slots[i];
            slot.part = {slot.octets.data(), slot.octets.size()};
            messages[i].msg_hdr = {};
            messages[i].msg_hdr.msg_name = &slot.from;
            messages[i].msg_hdr.msg_namelen = sizeof slot.from;
            messages[i].msg_hdr.msg_iov = &slot.part;
            messages[i].msg_hdr.msg_iovlen = 1;
        }
        const int count = ::recvmmsg(fd, messages.data(), kBatch, MSG_WAITFORONE, nullptr);
        if (count < 0 && errno != EINTR) fail("recvmmsg");
        unsigned kept = 0;
        bool durable = false;
        for (unsigned i = 0; i < static_cast<unsigned>(count < 0 ? 0 : count); ++i) {
            const std::size_t length = messages[i].msg_len;
            if (!reflect({slots[i].octets.data(), length}, identity, durable)) continue;
            slots[i].part.iov_len = length;
            // RFC 2131 §4.1: to the relay agent's port 67, which is where it came from.
            std::memcpy(&slots[i].from.sin_addr.s_addr, &slots[i].octets[kGiaddr], sizeof(std::uint32_t));
            messages[kept++].msg_hdr = messages[i].msg_hdr;
        }
        if (durable && file >= 0) sync(file, kept);
        for (unsigned done = 0; done < kept;) {
            const int sent = ::sendmmsg(fd, messages.data() + done, kept - done, 0);
            done += sent > 0 ? static_cast<unsigned>(sent) : 1U;
        }
    }
}

} // namespace

int main(int argc, char** argv)
{
    in_addr address{};
    const bool has_sync = argc == 4 && std::string_view{argv[2]} == "--sync";
    if ((argc != 2 && !has_sync) || ::inet_pton(AF_INET, argv[1], &address) != 1) {
        std::fputs("usage: bench_reflector ADDRESS [--sync FILE]   (relayed DHCP only; binds port 67 of ADDRESS)\n", stderr);
        return 2;
    }
    const int file = has_sync ? open_log(argv[3]) : -1;
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int room = 8 << 20;
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_port = htons(67);
    local.sin_addr = address;
    if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) fail("port 67");
    std::puts("reflecting");
    std::fflush(stdout);
    serve(fd, file, ntohl(address.s_addr));
}
