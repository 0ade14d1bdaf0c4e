// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/netd/capture.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace dorascope::netd {
namespace {

using host::NetdStatus;

constexpr int kSnapLength = 65535;
constexpr int kRetireMilliseconds = 20; // how long a frame may lie in a block that is not full: the delay of the live view
constexpr int kRingOctets = 8 << 20; // 0.6 s of 30 000 DHCP frames a second; the kernel's memory, and each capture has its own
constexpr int kFramesPerTurn = 1024;
constexpr int kPipeOctets = 1 << 20; // what an ordinary process may ask for

#define DHCP_OR_ARP "(arp or (ip and udp and (port 67 or port 68)))"
// "vlan" moves the offsets of all that follows it, so the untagged case comes first.
constexpr const char* kTaggedFilter = DHCP_OR_ARP " or (vlan and (" DHCP_OR_ARP " or (vlan and " DHCP_OR_ARP ")))";
constexpr const char* kPlainFilter = DHCP_OR_ARP;
#undef DHCP_OR_ARP

/// The link types that the decoder reads, as libpcap names them and as files do (www.tcpdump.org/linktypes.html).
struct Link {
    int dlt;
    std::uint32_t linktype;
    const char* filter;
};
constexpr Link kLinks[] = {
    {DLT_EN10MB, 1, kTaggedFilter},
    {DLT_RAW, 101, kPlainFilter},
    {DLT_LINUX_SLL, 113, kPlainFilter},
    {DLT_LINUX_SLL2, 276, kPlainFilter},
};
const Link* find_link(pcap_t* handle)
{
    const auto* const link = std::find_if(std::begin(kLinks), std::end(kLinks),
                                          [dlt = pcap_datalink(handle)](const Link& row) { return row.dlt == dlt; });
    return link == std::end(kLinks) ? nullptr : link;
}

struct Activation {
    int result;
    NetdStatus status;
};
constexpr Activation kActivation[] = {
    {PCAP_ERROR_PERM_DENIED, NetdStatus::no_privilege},
    {PCAP_ERROR_PROMISC_PERM_DENIED, NetdStatus::no_privilege},
    {PCAP_ERROR_NO_SUCH_DEVICE, NetdStatus::no_such_interface},
    {PCAP_ERROR_IFACE_NOT_UP, NetdStatus::interface_down},
};

/// libpcap's words outlive the handle they came from.
const char* keep_words(const char* words)
{
    static std::array<char, 200> kept{};
    const std::size_t length = std::min(std::strlen(words), kept.size() - 1);
    std::memcpy(kept.data(), words, length);
    kept[length] = '\0';
    return kept.data();
}

Pcap refuse(Refusal& refusal, NetdStatus status, const char* words)
{
    refusal = {status, 0, keep_words(words)};
    return nullptr;
}

bool set_filter(pcap_t* handle, const char* expression)
{
    bpf_program program{};
    if (pcap_compile(handle, &program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) return false;
    const bool set = pcap_setfilter(handle, &program) == 0;
    pcap_freecode(&program);
    return set;
}

/// False when the reader is gone.
bool write_all(int fd, const std::vector<std::byte>& bytes)
{
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t written = ::write(fd, bytes.data() + done, bytes.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        done += static_cast<std::size_t>(written);
    }
    return true;
}

template <typename... Words> void put(std::vector<std::byte>& out, Words... words)
{
    const std::array<std::uint32_t, sizeof...(Words)> values{static_cast<std::uint32_t>(words)...};
    const auto* const first = reinterpret_cast<const std::byte*>(values.data());
    out.insert(out.end(), first, first + sizeof values);
}

// pcap file format: nanosecond magic, version 2.4, two obsolete fields, snap length, link type; each frame has seconds, nanoseconds,
// octets kept and octets on the wire before it. Native byte order: the magic tells the reader.
void put_file_header(std::vector<std::byte>& out, std::uint32_t linktype)
{
    constexpr std::uint16_t version[] = {2, 4};
    std::uint32_t versions = 0;
    std::memcpy(&versions, version, sizeof versions);
    put(out, 0xa1b23c4dU, versions, 0, 0, kSnapLength, linktype);
}
void put_frame(u_char* user, const pcap_pkthdr* header, const u_char* octets)
{
    auto& out = *reinterpret_cast<std::vector<std::byte>*>(user);
    put(out, header->ts.tv_sec, header->ts.tv_usec, header->caplen, header->len); // tv_usec holds nanoseconds, as asked for
    const auto* const first = reinterpret_cast<const std::byte*>(octets);
    out.insert(out.end(), first, first + header->caplen);
}

/// Text for the reader of the status pipe, which may not be looking: never waits.
class StatusLines {
public:
    explicit StatusLines(int fd) : fd_{fd} { }
    /// At most once a second, and only what is new.
    void drops(pcap_t* handle)
    {
        timespec clock{};
        ::clock_gettime(CLOCK_MONOTONIC, &clock);
        if (std::exchange(looked_, clock.tv_sec) == clock.tv_sec) return;
        pcap_stat now{};
        if (pcap_stats(handle, &now) != 0 || now.ps_drop == dropped_) return;
        dropped_ = now.ps_drop;
        std::array<char, 16> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), dropped_).ptr;
        line("drops ", {digits.data(), static_cast<std::size_t>(end - digits.data())});
    }
    void error(std::string_view text) { line("error ", text); }

private:
    void line(std::string_view word, std::string_view text)
    {
        std::array<char, 256> out{};
        const std::size_t room = std::min(text.size(), out.size() - word.size() - 1);
        std::copy(word.begin(), word.end(), out.begin());
        std::copy_n(text.begin(), room, out.begin() + static_cast<std::ptrdiff_t>(word.size()));
        out[word.size() + room] = '\n';
        [[maybe_unused]] const ssize_t lost = ::write(fd_, out.data(), word.size() + room + 1);
    }
    int fd_;
    unsigned dropped_ = 0;
    time_t looked_ = 0;
};

/// Down for a while is no end: frames come again when it is up. Gone is.
bool interface_is_gone(int socket, const Request& request)
{
    ifreq query{};
    query.ifr_ifindex = static_cast<int>(request.index);
    return ::ioctl(socket, SIOCGIFNAME, &query) != 0 && errno == ENODEV; // any socket will do
}

/// Takes the error off the socket, so that poll() waits again; and waits a little, should it come back at once.
void clear_error(int fd)
{
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    ::poll(nullptr, 0, 100);
}

} // namespace

Pcap open_capture(const Request& request, Refusal& refusal)
{
    std::array<char, PCAP_ERRBUF_SIZE> words{};
    Pcap handle{pcap_create(request.interface.data(), words.data())};
    if (!handle) return refuse(refusal, NetdStatus::system, words.data());
    pcap_set_snaplen(handle.get(), kSnapLength);
    pcap_set_promisc(handle.get(), request.promiscuous ? 1 : 0);
    pcap_set_timeout(handle.get(), kRetireMilliseconds);
    pcap_set_buffer_size(handle.get(), kRingOctets);
    pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);

    const int result = pcap_activate(handle.get());
    if (result < 0) {
        const auto* const row = std::find_if(std::begin(kActivation), std::end(kActivation),
                                             [result](const Activation& a) { return a.result == result; });
        const auto status = row == std::end(kActivation) ? NetdStatus::system : row->status;
        return refuse(refusal, status, pcap_geterr(handle.get()));
    }
    // A name such as "bluetooth0" makes libpcap open something else than an interface; its link type is not in the table.
    const Link* const link = find_link(handle.get());
    if (!link) return refuse(refusal, NetdStatus::unsupported_link, "link type");
    if (!set_filter(handle.get(), link->filter)) return refuse(refusal, NetdStatus::system, pcap_geterr(handle.get()));
    if (pcap_setnonblock(handle.get(), 1, words.data()) != 0) return refuse(refusal, NetdStatus::system, words.data());
    return handle;
}

void stream_capture(pcap_t* handle, const Request& request, int stream, int status)
{
    ::fcntl(stream, F_SETPIPE_SZ, kPipeOctets); // smaller is slower, not wrong
    StatusLines lines{status};
    std::vector<std::byte> batch;
    put_file_header(batch, find_link(handle)->linktype);
    const int socket = pcap_get_selectable_fd(handle);
    while (write_all(stream, batch)) {
        batch.clear();
        pollfd ready[] = {{socket, POLLIN, 0}, {stream, 0, 0}}; // POLLERR on the pipe: its reader is gone
        const bool idle = ::poll(ready, 2, 1000) == 0;
        if ((ready[1].revents & POLLERR) != 0) return;
        const bool failed = (ready[0].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0
            || pcap_dispatch(handle, kFramesPerTurn, put_frame, reinterpret_cast<u_char*>(&batch)) < 0;
        // An interface goes down before it goes away, and only the first is an error of the socket: ask again when nothing comes.
        if ((failed || idle) && interface_is_gone(socket, request)) {
            write_all(stream, batch);
            return lines.error("the interface is gone");
        }
        if (failed) clear_error(socket);
        lines.drops(handle);
    }
}

} // namespace dorascope::netd
