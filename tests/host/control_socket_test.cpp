// SPDX-License-Identifier: GPL-3.0-or-later
// The control socket itself: who gets in, what a killed server leaves behind, and clients that mean no good.
#include "engine/host/control_client.h"
#include "engine/host/control_server.h"
#include "tests/support/cable.h"
#include "tests/support/child_process.h"

#include <array>
#include <atomic>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

namespace dorascope::test {
namespace {

namespace fs = std::filesystem;
using namespace host;
using testing::HasSubstr;

/// Answers "ok", and to `list` with as many lines as it is told.
class Answering {
public:
    ControlServer::Answer answer()
    {
        return [this](std::string_view line) -> ControlServer::Lines {
            ++asked;
            const auto request = parse_request(line);
            auto result = std::make_shared<std::optional<std::string>>(
                to_line(request ? done(std::string{to_string(request->order)}) : refused(request.error())));
            auto left = std::make_shared<int>(request && request->order == Order::list ? lines : 0);
            return [result, left, this]() -> std::optional<std::string> {
                if (*left > 0) {
                    --*left;
                    ++made;
                    return pool_line({});
                }
                return std::exchange(*result, std::nullopt);
            };
        };
    }
    std::atomic<int> asked{0}, made{0};
    int lines = 0;
};

class Control : public testing::Test {
protected:
    ControlServer open(std::chrono::milliseconds patience = ControlServer::kPatience)
    {
        auto server = ControlServer::open(path(), answering_.answer(), patience);
        EXPECT_TRUE(server) << server.error().text();
        return std::move(*server);
    }
    fs::path path() const { return control_path(folder_.path(), "eth0"); }
    tl::expected<ControlResult, HostError> ask(Order order) const
    {
        ControlRequest request;
        request.order = order;
        return ask_server(path(), request, [this](std::string_view) { ++lines_; });
    }
    Descriptor connect() const
    {
        auto socket = connect_control(path());
        EXPECT_TRUE(socket) << socket.error().text();
        return socket ? std::move(*socket) : Descriptor{};
    }
    /// Until the other end hangs up.
    static std::string read_all(const Descriptor& socket)
    {
        std::string text(65536, '\0');
        std::size_t length = 0;
        for (;;) {
            pollfd ready{socket.get(), POLLIN, 0};
            if (::poll(&ready, 1, static_cast<int>(std::chrono::milliseconds{kDeadline}.count())) != 1) return "(still open)";
            const auto got = ::recv(socket.get(), text.data() + length, text.size() - length, 0);
            if (got <= 0) return text.substr(0, length);
            length += static_cast<std::size_t>(got);
        }
    }
    static void say(const Descriptor& socket, std::string_view text)
    {
        EXPECT_EQ(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    }

    TemporaryFolder folder_;
    Answering answering_;
    mutable int lines_ = 0;
};

TEST_F(Control, AsksAndIsAnswered)
{
    const auto server = open();
    const auto result = ask(Order::status);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_TRUE(result->ok);
    EXPECT_EQ(result->said, "status");
}

/// As the advice has it that others get: "run this as root, with --state-dir".
/// What lies above the folder, "/" included, need not be open to others. Goes with the next seteuid(0).
bool may_walk_anywhere()
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (::syscall(SYS_capget, &header, sets.data()) != 0) return false;
    sets[CAP_TO_INDEX(CAP_DAC_READ_SEARCH)].effective |= CAP_TO_MASK(CAP_DAC_READ_SEARCH);
    return ::syscall(SYS_capset, &header, sets.data()) == 0;
}

TEST_F(Control, RootReachesTheServerOfAnotherUser)
{
    if (::geteuid() != 0) GTEST_SKIP() << "only root can be two users";
    constexpr uid_t kNobody = 65534;
    ASSERT_EQ(::chown(folder_.path().c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(::seteuid(kNobody), 0);
    const bool walks = may_walk_anywhere();
    auto server = ControlSocket::listen(path()); // SO_PEERCRED is of this moment
    ASSERT_EQ(::seteuid(0), 0);
    ASSERT_TRUE(walks);
    ASSERT_TRUE(server) << server.error().text();
    const auto connected = connect_control(path());
    ASSERT_TRUE(connected) << connected.error().text();
    EXPECT_FALSE(peer_is_owner(connected->get())) << "it is another's";
    EXPECT_EQ(controlled_interfaces(folder_.path()), std::vector<std::string>{"eth0"});
}

TEST_F(Control, ALongAnswerComesWhole)
{
    answering_.lines = 20000;
    const auto server = open();
    ASSERT_TRUE(ask(Order::list));
    EXPECT_EQ(lines_, 20000);
}

/// As one does that was suspended: its kernel takes what it is asked.
TEST_F(Control, WhoeverSaysNothingIsNotWaitedForForEver)
{
    const Descriptor silent{::socket(AF_UNIX, SOCK_STREAM, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().string().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(silent.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(silent.get(), 1), 0);
    const auto result = ask_server(
        path(), {}, [](std::string_view) {}, std::chrono::milliseconds{50});
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().text(), HasSubstr("has said nothing"));
}

TEST_F(Control, SeveralRequestsOnOneConnectionAreAnsweredInOrder)
{
    const auto server = open();
    const auto socket = connect();
    say(socket, "{\"order\":\"status\"}\n{\"order\":\"sta");
    say(socket, "tus\"}\nnonsense\n{\"order\":\"list\"}\n");
    ::shutdown(socket.get(), SHUT_WR);
    const auto lines = lines_of(read_all(socket));
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_TRUE(parse_result(lines[0])->ok);
    EXPECT_TRUE(parse_result(lines[1])->ok);
    EXPECT_FALSE(parse_result(lines[2])->ok);
    EXPECT_EQ(parse_result(lines[3])->said, "list");
}

TEST_F(Control, TheSocketIsItsOwnersAlone)
{
    const auto server = open();
    struct stat status { };
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

/// Also where somebody has opened the file to all: SO_PEERCRED tells.
TEST_F(Control, AnotherUserIsRefused)
{
    if (::geteuid() != 0) GTEST_SKIP() << "needs root: it asks as another user";
    const auto server = open();
    fs::permissions(folder_.path(), fs::perms{0755});
    const auto refused = [&](const char* part) {
        return as_nobody([&] {
            ControlRequest request;
            request.order = Order::status;
            const auto result = ask_server(path(), request, [](auto) {});
            ASSERT_TRUE(result ? !result->ok : true);
            const auto error = result ? result->error : result.error();
            EXPECT_THAT(error.text(), HasSubstr(part));
        });
    };
    EXPECT_TRUE(refused("belongs to root"));
    fs::permissions(path(), fs::perms{0777});
    EXPECT_TRUE(refused("owner only"));
    EXPECT_EQ(answering_.asked, 0);
    EXPECT_TRUE(ask(Order::status)) << "its owner is still served";
}

/// What connects without looking who listens there is told by the server.
TEST_F(Control, TheServerChecksWhoAsks)
{
    if (::geteuid() != 0) GTEST_SKIP() << "needs root: it asks as another user";
    const auto server = open();
    fs::permissions(folder_.path(), fs::perms{0755});
    fs::permissions(path(), fs::perms{0777});
    EXPECT_TRUE(as_nobody([&] {
        const Descriptor socket{::socket(AF_UNIX, SOCK_STREAM, 0)};
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path().string().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
        ASSERT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        ::send(socket.get(), "{\"order\":\"stop\"}\n", 17, MSG_NOSIGNAL);
        EXPECT_THAT(read_all(socket), HasSubstr("owner only"));
    }));
    EXPECT_EQ(answering_.asked, 0);
}

TEST_F(Control, ASocketThatAKilledServerLeftIsReplaced)
{
    { // bound, and never removed
        const Descriptor left{::socket(AF_UNIX, SOCK_STREAM, 0)};
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path().string().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
        ASSERT_EQ(::bind(left.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }
    ASSERT_TRUE(fs::exists(path()));
    EXPECT_THAT(ask(Order::status).error().text(), HasSubstr("No server of yours runs on eth0"));
    const auto server = open();
    EXPECT_TRUE(ask(Order::status));
}

TEST_F(Control, ASecondServerDoesNotTakeTheSocketOfTheFirst)
{
    const auto server = open();
    const auto second = ControlServer::open(path(), Answering{}.answer());
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().text(), HasSubstr("Another server is controlled through"));
    EXPECT_TRUE(ask(Order::status));
}

TEST_F(Control, TheSocketGoesWithTheServer)
{
    {
        const auto server = open();
        EXPECT_EQ(controlled_interfaces(folder_.path()), std::vector<std::string>{"eth0"});
    }
    EXPECT_FALSE(fs::exists(path()));
    EXPECT_TRUE(controlled_interfaces(folder_.path()).empty());
    EXPECT_EQ(ask(Order::status).error().kind, HostError::Kind::no_such_interface);
}

TEST_F(Control, AFileInItsPlaceIsNoServer)
{
    write_file(path(), "not a socket");
    EXPECT_FALSE(ask(Order::status));
    EXPECT_TRUE(controlled_interfaces(folder_.path()).empty());
}

TEST_F(Control, AFolderThatOthersWriteToIsNotUsed)
{
    fs::permissions(folder_.path(), fs::perms{0777});
    const auto server = ControlServer::open(path(), answering_.answer());
    ASSERT_FALSE(server);
    EXPECT_THAT(server.error().text(), HasSubstr("Others can write"));
}

/// A path has 4096 octets, the address of a socket 108.
TEST_F(Control, ADeepFolderWillDo)
{
    const auto deep = folder_ / std::string(200, 'd');
    const auto server = ControlServer::open(control_path(deep, "eth0"), answering_.answer());
    ASSERT_TRUE(server) << server.error().text();
    ControlRequest request;
    EXPECT_TRUE(ask_server(control_path(deep, "eth0"), request, [](auto) {}));
}

TEST_F(Control, ARequestWithoutEndIsCutOff)
{
    const auto server = open();
    const auto socket = connect();
    const std::string flood(4096, 'x');
    for (int i = 0; i < 64; ++i) // the server may hang up in the middle
        if (::send(socket.get(), flood.data(), flood.size(), MSG_NOSIGNAL) < 0) break;
    EXPECT_THAT(read_all(socket), testing::AnyOf(HasSubstr("too long"), testing::IsEmpty())); // reset discards what was said
    EXPECT_EQ(answering_.asked, 0);
    EXPECT_TRUE(ask(Order::status));
}

TEST_F(Control, MoreClientsThanItTakesAreSentAway)
{
    const auto server = open();
    std::vector<Descriptor> idle;
    for (std::size_t i = 0; i < ControlServer::kMostClients; ++i)
        idle.push_back(connect());
    EXPECT_THAT(read_all(connect()), HasSubstr("others who give it orders"));
    idle.pop_back();
    EXPECT_TRUE(eventually([&] {
        const auto result = ask(Order::status);
        return result && result->ok;
    }));
}

TEST_F(Control, AClientThatSaysNothingIsHungUpOn)
{
    const auto server = open(50ms);
    EXPECT_EQ(read_all(connect()), "");
}

TEST_F(Control, ServerEndsWithClientsStillThere)
{
    std::vector<Descriptor> idle;
    {
        const auto server = open();
        for (int i = 0; i < 3; ++i)
            idle.push_back(connect());
        EXPECT_TRUE(ask(Order::status));
    }
    for (const auto& socket : idle)
        EXPECT_EQ(read_all(socket), "");
}

TEST(InterfaceNames, CannotLeadOutOfTheFolder)
{
    for (const char* name : {"eth0", "br-lan", "enp0s31f6", "veth.1", "..a"})
        EXPECT_TRUE(usable_interface_name(name)) << name;
    for (const char* name : {"", ".", "..", "../x", "/etc", "a b", "a:1", "sixteen-letters-x"})
        EXPECT_FALSE(usable_interface_name(name)) << name;
}

} // namespace
} // namespace dorascope::test
