// SPDX-License-Identifier: GPL-3.0-or-later
// What comes down the pipe of a capture, and what the process at its other end still holds: nothing.
#include "engine/host/privileged.h"
#include "tests/netd/netd_on_cable.h"
#include "tests/netd/traffic.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dorascope::test {
namespace {

namespace fs = std::filesystem;

/// The pcap stream, read as its description says (nanoseconds, this machine's byte order).
class Stream {
public:
    explicit Stream(int fd) : fd_{fd}
    {
        std::array<std::uint32_t, 6> header{};
        read(header.data(), sizeof header);
        EXPECT_EQ(header[0], 0xa1b23c4dU);
        EXPECT_EQ(header[5], 1U) << "Ethernet";
    }
    /// Frames up to the one that holds `last`.
    std::vector<wire::Buffer> until(const std::string& last)
    {
        std::vector<wire::Buffer> frames;
        for (;;) {
            std::array<std::uint32_t, 4> header{};
            if (!read(header.data(), sizeof header)) break;
            EXPECT_LT(header[1], 1'000'000'000U);
            EXPECT_EQ(header[2], header[3]) << "cut";
            wire::Buffer frame(header[2]);
            if (!read(frame.data(), frame.size())) break;
            if (holds(frame, last)) return frames;
            frames.push_back(std::move(frame));
        }
        ADD_FAILURE() << last << " did not arrive";
        return frames;
    }

private:
    bool read(void* to, std::size_t length)
    {
        for (std::size_t done = 0; done < length;) {
            pollfd ready{fd_, POLLIN, 0};
            if (::poll(&ready, 1, 60000) <= 0) return false;
            const ssize_t got = ::read(fd_, static_cast<char*>(to) + done, length - done);
            if (got <= 0) return false;
            done += static_cast<std::size_t>(got);
        }
        return true;
    }
    int fd_;
};

/// A line of /proc/PID/status.
std::string status_of(int pid, const std::string& field)
{
    for (const auto& line : lines_of(contents("/proc/" + std::to_string(pid) + "/status")))
        if (line.starts_with(field + ":\t")) return line.substr(field.size() + 2);
    return "";
}
/// Ended, or waiting for its parent (init here) to notice.
bool has_ended(int pid) { return status_of(pid, "State").empty() || status_of(pid, "State").starts_with("Z"); }

class Capture : public NetdOnCable { };

host::CaptureStream capture(const std::string& interface, bool promiscuous = false)
{
    auto stream = host::request_capture(interface, promiscuous);
    EXPECT_TRUE(stream) << stream.error().text();
    return stream ? std::move(*stream) : host::CaptureStream{};
}

TEST_F(Capture, ShowsAnOrdinaryUserDhcpAndArpAndNothingElse)
{
    const auto traffic = [&] {
        send(udp_frame(67, "a request", 68));
        send(udp_frame(9999, "secret of port 9999"));
        send(tcp_frame(67, "secret of TCP"));
        send(udp_frame(68, "a reply", 67));
        send(icmp_frame(0, "echo reply"));
        send(arp_frame());
        send(tagged(udp_frame(67, "a tagged request"), 7));
        send(tagged(udp_frame(9999, "tagged secret"), 7));
        send(tagged(tagged(udp_frame(67, "a doubly tagged request"), 8), 7));
        send(tagged(arp_frame(), 7));
        send(udp_frame(4011, "proxy"));
        send(udp_frame(67, "sentinel"));
    };
    EXPECT_TRUE(as_nobody({traffic}, [](const auto& turn) {
        const auto captured = capture("srv");
        ASSERT_TRUE(captured.pcap);
        Stream stream{captured.pcap.get()};
        turn();
        const auto seen = stream.until("sentinel");
        ASSERT_EQ(seen.size(), 6U);
        EXPECT_TRUE(holds(seen[0], "a request"));
        EXPECT_TRUE(holds(seen[1], "a reply"));
        EXPECT_EQ(wire::parse_ethernet(seen[2])->ether_type, wire::kEtherArp);
        EXPECT_TRUE(holds(seen[3], "a tagged request"));
        EXPECT_EQ(wire::parse_ethernet(seen[3])->vlan, 7) << "the tag is part of the frame";
        EXPECT_TRUE(holds(seen[4], "a doubly tagged request"));
        EXPECT_EQ(wire::parse_ethernet(seen[5])->ether_type, wire::kEtherArp);
    }));
}

TEST_F(Capture, SeesWhatThisMachineSendsToo)
{
    const auto captured = capture("srv");
    Stream stream{captured.pcap.get()};
    send_frame("srv", udp_frame(68, "our own reply", 67));
    EXPECT_TRUE(stream.until("our own reply").empty());
}

void expect_no_privilege(int pid)
{
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
        EXPECT_EQ(status_of(pid, set), "0000000000000000") << set;
    EXPECT_EQ(status_of(pid, "NoNewPrivs"), "1");
    EXPECT_EQ(status_of(pid, "Uid"), "65534\t65534\t65534\t65534");
    EXPECT_TRUE(eventually([&] { return status_of(pid, "Seccomp") == "2"; })) << "set when the answer is out";
}

TEST_F(Capture, HoldsNoCapabilityWhenAnOrdinaryUserStartedIt)
{
    EXPECT_TRUE(as_nobody([] {
        const auto captured = capture("srv");
        expect_no_privilege(captured.pid);
    }));
}

TEST_F(Capture, HoldsNoCapabilityWhenRootStartedIt)
{
    const auto captured = capture("srv");
    expect_no_privilege(captured.pid);
    EXPECT_EQ(status_of(captured.pid, "Groups"), " ");
    EXPECT_EQ(status_of(captured.pid, "CapBnd"), "0000000000000000");
}

TEST_F(Capture, KeepsNothingOfItsCaller)
{
    const TemporaryFolder folder;
    const int stray = ::open((folder / "stray").c_str(), O_RDWR | O_CREAT, 0600); // not close-on-exec: inherited
    const auto captured = capture("srv");
    ::close(stray);
    const fs::path process = "/proc/" + std::to_string(captured.pid);
    for (const auto& entry : fs::directory_iterator{process / "fd"})
        EXPECT_EQ(fs::read_symlink(entry).string().find("stray"), std::string::npos) << entry.path();
    EXPECT_EQ(contents(process / "environ"), "");
    EXPECT_EQ(fs::read_symlink(process / "cwd"), "/");
}

TEST_F(Capture, CannotBeTracedByItsCaller)
{
    EXPECT_TRUE(as_nobody([] {
        const auto captured = capture("srv");
        EXPECT_EQ(::ptrace(PTRACE_SEIZE, captured.pid, nullptr, nullptr), -1);
        EXPECT_EQ(errno, EPERM);
        const auto pidfd = static_cast<int>(::syscall(SYS_pidfd_open, captured.pid, 0));
        ASSERT_GE(pidfd, 0);
        for (int fd = 0; fd < 16; ++fd)
            EXPECT_EQ(::syscall(SYS_pidfd_getfd, pidfd, fd, 0), -1) << fd;
        EXPECT_EQ(::open(("/proc/" + std::to_string(captured.pid) + "/mem").c_str(), O_RDONLY), -1);
    }));
}

/// The preload behaves as a kernel does whose fs.suid_dumpable is 1; else this proves nothing.
TEST_F(Capture, ThePreloadMakesAProcessDumpableThatChangesItsUser)
{
    if (::geteuid() != 0) GTEST_SKIP() << "needs root: it changes its user";
    EXPECT_TRUE(in_child([] {
        void* const module = ::dlopen(DORASCOPE_DUMPABLE_PRELOAD, RTLD_NOW | RTLD_LOCAL);
        ASSERT_NE(module, nullptr) << ::dlerror();
        const auto change = reinterpret_cast<int (*)(uid_t, uid_t, uid_t)>(::dlsym(module, "setresuid"));
        ASSERT_NE(change, nullptr);
        ASSERT_EQ(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), 0);
        ASSERT_EQ(change(kNobody, kNobody, kNobody), 0);
        EXPECT_EQ(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
    }));
}

// prctl(2), PR_SET_DUMPABLE: the kernel sets it anew when the user changes, so that giving up root can open a process to nobody's others.
TEST_F(Capture, StartedByRootItIsClosedAfterItsUserChanged)
{
    const TemporaryFolder folder;
    const auto wrapper = folder / "netd";
    write_file(wrapper,
               "#!/bin/sh\nLD_PRELOAD=" DORASCOPE_DUMPABLE_PRELOAD " ASAN_OPTIONS=verify_asan_link_order=0 exec "
                   + netd_->path().string() + "\n");
    fs::permissions(wrapper, fs::perms{0755});
    ::setenv("DORASCOPE_NETD", wrapper.c_str(), 1);
    const auto captured = capture("srv");
    ::setenv("DORASCOPE_NETD", netd_->path().c_str(), 1);
    ASSERT_GT(captured.pid, 0);
    if (!status_of(captured.pid, "Uid").starts_with("65534")) GTEST_SKIP() << "needs root that may change its user";
    const std::string process = "/proc/" + std::to_string(captured.pid);
    ASSERT_NE(contents(process + "/maps").find("dumpable_after_setresuid"), std::string::npos) << "the preload is not there";
    // proc(5): what is in the folder of a process that cannot be dumped belongs to root.
    struct stat memory { };
    ASSERT_EQ(::stat((process + "/mem").c_str(), &memory), 0);
    EXPECT_EQ(memory.st_uid, 0U);
    EXPECT_TRUE(as_nobody([&] {
        EXPECT_EQ(::ptrace(PTRACE_SEIZE, captured.pid, nullptr, nullptr), -1);
        EXPECT_EQ(errno, EPERM);
    }));
}

TEST_F(Capture, EndsWhenNobodyReadsAnyMore)
{
    auto captured = capture("srv");
    EXPECT_FALSE(has_ended(captured.pid));
    captured.pcap = {};
    EXPECT_TRUE(eventually([&] { return has_ended(captured.pid); }));
}

std::string read_to_end(int fd)
{
    std::string text;
    std::array<char, 256> part{};
    for (;;) {
        pollfd ready{fd, POLLIN, 0};
        if (::poll(&ready, 1, 60000) <= 0) return text + " … and no end";
        const ssize_t length = ::read(fd, part.data(), part.size());
        if (length <= 0) return text;
        text.append(part.data(), static_cast<std::size_t>(length));
    }
}

TEST_F(Capture, EndsAndSaysSoWhenTheInterfaceGoes)
{
    const auto captured = capture("srv");
    Stream stream{captured.pcap.get()};
    send(udp_frame(67, "before"));
    EXPECT_TRUE(stream.until("before").empty());
    Cable::ip("link delete srv");
    EXPECT_EQ(read_to_end(captured.status.get()), "error the interface is gone\n");
    EXPECT_EQ(read_to_end(captured.pcap.get()), "");
    EXPECT_TRUE(eventually([&] { return has_ended(captured.pid); }));
}

TEST_F(Capture, GoesOnWhenTheInterfaceWasDownForAWhile)
{
    const auto captured = capture("srv");
    Stream stream{captured.pcap.get()};
    Cable::ip("link set srv down");
    Cable::ip("link set srv up");
    // The first frames after "up" may be lost to the cable; the capture must show one sooner or later.
    ASSERT_TRUE(in_child([&] {
        for (int i = 0; i < 20; ++i) {
            send(udp_frame(67, i < 19 ? "again" : "sentinel"));
            ::usleep(10000);
        }
    }));
    const auto seen = stream.until("sentinel");
    EXPECT_FALSE(seen.empty());
}

TEST_F(Capture, IsPromiscuousOnlyWhenAskedTo)
{
    const auto is_promiscuous = [] {
        return run_program({"ip", "-details", "link", "show", "srv"}).out.find("promiscuity 1") != std::string::npos;
    };
    {
        const auto plain = capture("srv");
        EXPECT_FALSE(is_promiscuous());
    }
    const auto promiscuous = capture("srv", true);
    EXPECT_TRUE(is_promiscuous());
}

TEST_F(Capture, OfAnInterfaceThatIsDownIsRefusedWithTheCommand)
{
    Cable::ip("link set srv down");
    const auto refused = host::request_capture("srv");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, host::HostError::Kind::interface_down) << refused.error().text();
    EXPECT_EQ(refused.error().remedy, "Run: sudo ip link set dev srv up");
}

} // namespace
} // namespace dorascope::test
