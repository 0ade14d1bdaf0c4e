// SPDX-License-Identifier: GPL-3.0-or-later
// What a person is told where the capability is missing: the cause, and the exact command.
#include "engine/host/privileged.h"
#include "tests/support/cable.h"
#include "tests/support/netd_copy.h"
#include "tests/support/open_root.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <optional>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace dorascope::test {
namespace {

namespace fs = std::filesystem;
using Kind = host::HostError::Kind;

class Privilege : public testing::Test {
protected:
    void SetUp() override
    {
        if (!may_make_networks()) GTEST_SKIP() << kWhyNoNetworks;
        cable_.emplace();
    }
    std::optional<Cable> cable_;
};

/// The cause is one sentence, and the remedy another: the command line makes one of the two.
void expect_one_sentence(const std::string& cause)
{
    EXPECT_TRUE(cause.ends_with('.')) << cause;
    for (std::size_t at = cause.find(". "); at != std::string::npos; at = cause.find(". ", at + 1))
        ADD_FAILURE() << "a second sentence: " << cause.substr(at + 2);
}

template <typename Answer> host::HostError refusal(const Answer& refused)
{
    EXPECT_FALSE(refused);
    if (refused) return {};
    expect_one_sentence(refused.error().problem);
    return refused.error();
}
host::HostError refusal_to_serve() { return refusal(host::request_serve("srv")); }
host::HostError refusal_to_capture() { return refusal(host::request_capture("srv")); }

TEST_F(Privilege, MissingNamesTheCommandThatGrantsIt)
{
    const NetdCopy netd{NetdCopy::Capabilities::missing};
    const std::string command = "Run: sudo setcap cap_net_raw,cap_net_bind_service+ep " + netd.path().string();
    EXPECT_TRUE(as_nobody([&] {
        for (const auto& error : {refusal_to_serve(), refusal_to_capture()}) {
            EXPECT_EQ(error.kind, Kind::no_privilege) << error.text();
            EXPECT_EQ(error.remedy, command);
            EXPECT_NE(error.problem.find(netd.path().string()), std::string::npos);
        }
    }));
}

TEST_F(Privilege, OneCapabilityOfTwoIsNotEnoughToServe)
{
    const NetdCopy netd{NetdCopy::Capabilities::missing};
    ASSERT_EQ(run_program({"setcap", "cap_net_raw+ep", netd.path().string()}).status, 0);
    EXPECT_TRUE(as_nobody([&] {
        const auto error = refusal_to_serve();
        EXPECT_EQ(error.kind, Kind::no_privilege) << error.text();
        EXPECT_NE(error.remedy.find("setcap cap_net_raw,cap_net_bind_service+ep " + netd.path().string()), std::string::npos)
            << error.remedy;
        EXPECT_TRUE(host::request_capture("srv")) << "a capture needs the one only";
    }));
}

/// As the package installs it: for members of a group (and root) only.
class ForAGroup : public Privilege {
protected:
    void SetUp() override
    {
        Privilege::SetUp();
        if (IsSkipped()) return;
        netd_.emplace();
        install_for(kDaemon);
    }
    void install_for(gid_t group) const
    {
        ASSERT_EQ(::chown(netd_->path().c_str(), 0, group), 0);
        fs::permissions(netd_->path(), fs::perms{0750});
        ASSERT_EQ(run_program({"setcap", "cap_net_raw,cap_net_bind_service+ep", netd_->path().string()}).status, 0);
    }
    /// User nobody whose only group is this one.
    static bool with_group(gid_t group, const std::function<void()>& what)
    {
        return in_child([&] {
            open_root();
            ASSERT_TRUE(::setgroups(1, &group) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0
                        && ::setresuid(kNobody, kNobody, kNobody) == 0);
            ::prctl(PR_SET_DUMPABLE, 1);
            what();
        });
    }
    static constexpr gid_t kDaemon = 1; ///< "daemon", on every Debian, and nobody is in it
    std::optional<NetdCopy> netd_;
};

TEST_F(ForAGroup, AMemberServesAndCaptures)
{
    EXPECT_TRUE(with_group(kDaemon, [] {
        EXPECT_TRUE(host::request_serve("srv"));
        EXPECT_TRUE(host::request_capture("srv"));
    }));
}

TEST_F(ForAGroup, WhoIsNoneIsToldHowToBecomeOne)
{
    EXPECT_TRUE(as_nobody([&] {
        for (const auto& error : {refusal_to_serve(), refusal_to_capture()}) {
            EXPECT_EQ(error.kind, Kind::no_privilege) << error.text();
            EXPECT_EQ(error.problem,
                      "Only members of the group daemon may start " + netd_->path().string() + ", and you are none.");
            EXPECT_EQ(error.remedy, "Run: sudo usermod -aG daemon nobody; then log in again");
        }
    }));
}

// Groups are those of the login (credentials(7)): nobody's is 65534 in the table of users, and not in this process.
TEST_F(ForAGroup, AMemberSinceAfterTheLoginIsToldToLogInAgain)
{
    install_for(kNobody);
    EXPECT_TRUE(in_child([&] {
        open_root();
        ASSERT_TRUE(::setgroups(0, nullptr) == 0 && ::setresgid(kDaemon, kDaemon, kDaemon) == 0
                    && ::setresuid(kNobody, kNobody, kNobody) == 0);
        ::prctl(PR_SET_DUMPABLE, 1);
        EXPECT_EQ(refusal_to_serve().remedy, "Log in again, or run: newgrp nogroup");
    }));
}

TEST_F(Privilege, NoNewPrivilegesIsNamed)
{
    const NetdCopy netd;
    EXPECT_TRUE(as_nobody([&] {
        ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        const auto error = refusal_to_serve();
        EXPECT_EQ(error.kind, Kind::no_privilege) << error.text();
        EXPECT_NE(error.problem.find("no_new_privs"), std::string::npos) << error.problem;
    }));
}

// What a container withholds is outside the bounding set: the kernel then does not even start a file that asks for it.
TEST_F(Privilege, AContainersMissingCapabilityIsNamed)
{
    const NetdCopy netd;
    const auto expect_advice = [] {
        const auto error = refusal_to_serve();
        EXPECT_EQ(error.kind, Kind::no_privilege) << error.text();
        EXPECT_NE(error.remedy.find("--cap-add NET_RAW"), std::string::npos) << error.text();
    };
    EXPECT_TRUE(in_child([&] {
        ASSERT_EQ(::prctl(PR_CAPBSET_DROP, CAP_NET_RAW, 0, 0, 0), 0);
        EXPECT_TRUE(as_nobody(expect_advice));
        expect_advice(); // root
    }));
}

TEST_F(Privilege, AFileSystemWithoutSetuidIsNamed)
{
    const NetdCopy netd;
    const TemporaryFolder folder;
    EXPECT_TRUE(in_child([&] {
        ASSERT_EQ(::unshare(CLONE_NEWNS), 0); // the mount is this process's and goes with it
        ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        ASSERT_EQ(::mount("dorascope-test", folder.path().c_str(), "tmpfs", MS_NOSUID, "mode=0755"), 0);
        const fs::path copy = folder / "dorascope-netd";
        fs::copy_file(netd.path(), copy);
        ASSERT_EQ(run_program({"setcap", "cap_net_raw,cap_net_bind_service+ep", copy.string()}).status, 0);
        ::setenv("DORASCOPE_NETD", copy.c_str(), 1);
        EXPECT_TRUE(as_nobody([&] {
            const auto error = refusal_to_serve();
            EXPECT_EQ(error.kind, Kind::no_privilege) << error.text();
            EXPECT_NE(error.problem.find("nosuid"), std::string::npos) << error.problem;
        }));
    }));
}

TEST_F(Privilege, AnInterfaceThatIsNotThereIsSaidToAnyone)
{
    const NetdCopy netd{NetdCopy::Capabilities::missing};
    EXPECT_TRUE(as_nobody([] {
        const auto refused = host::request_serve("eth9");
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().text(), "Interface eth9 does not exist. Choose one of: srv.");
    }));
}

TEST(Helper, ThatIsNotThereIsNamed)
{
    ::setenv("DORASCOPE_NETD", "/nonexistent/dorascope-netd", 1);
    const auto refused = host::request_serve("lo");
    ::unsetenv("DORASCOPE_NETD");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Kind::helper_missing);
    EXPECT_NE(refused.error().problem.find("/nonexistent/dorascope-netd"), std::string::npos);
}

TEST(Helper, ThatCannotBeExecutedIsNamed)
{
    const TemporaryFolder folder;
    write_file(folder / "netd", "not a program");
    ::setenv("DORASCOPE_NETD", (folder / "netd").c_str(), 1);
    const auto refused = host::request_serve("lo");
    ::unsetenv("DORASCOPE_NETD");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Kind::helper_missing) << refused.error().text();
}

TEST(Helper, ThatSaysNothingIsNamed)
{
    ::setenv("DORASCOPE_NETD", "/bin/true", 1);
    const auto refused = host::request_serve("lo");
    ::unsetenv("DORASCOPE_NETD");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Kind::helper_missing) << refused.error().text();
    EXPECT_NE(refused.error().problem.find("ended without an answer"), std::string::npos);
}

TEST(Helper, IsFoundBesideTheProgram)
{
    ::unsetenv("DORASCOPE_NETD");
    const auto found = host::find_netd();
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_TRUE(fs::equivalent(*found, fs::path{DORASCOPE_BIN_DIR} / "dorascope-netd"));
}

} // namespace
} // namespace dorascope::test
