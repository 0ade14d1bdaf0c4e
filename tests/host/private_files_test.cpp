// SPDX-License-Identifier: GPL-3.0-or-later
// The lease file is its owner's alone: who may read it could also lock it, and who may write beside it could put another in its place.
#include "engine/host/lease_store.h"
#include "tests/support/cable.h"
#include "tests/support/child_process.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dorascope::test {
namespace {

namespace fs = std::filesystem;
using host::LeaseStore;
using testing::HasSubstr;

constexpr std::array kSuffixes{"", "-wal", "-shm", ".lock"};

unsigned mode_of(const fs::path& path)
{
    struct stat status { };
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
}

class PrivateFiles : public testing::Test {
protected:
    void SetUp() override
    {
        before_ = ::umask(022);
        fs::permissions(folder_.path(), fs::perms{0755}); // others get as far as the state folder
    }
    void TearDown() override { ::umask(before_); }
    fs::path state() const { return folder_ / "state"; }
    fs::path file(const char* suffix = "") const { return state() / (std::string{"leases-eth0.sqlite"} + suffix); }
    static void store_one(LeaseStore& store)
    {
        server::LeaseWrite write;
        write.lease.address = {0x0a000001};
        write.lease.hardware = {1, 6, {2, 0, 0, 0, 0, 1}};
        write.lease.client = {server::ClientKey::Kind::identifier, {1, 2}};
        ASSERT_TRUE(store.commit({&write, 1}));
    }
    LeaseStore open() const
    {
        auto store = LeaseStore::open(file());
        if (!store) throw std::runtime_error{store.error().text()};
        return std::move(*store);
    }
    std::string refusal() const
    {
        const auto store = LeaseStore::open(file());
        EXPECT_FALSE(store);
        if (store) return "";
        EXPECT_EQ(store.error().kind, host::HostError::Kind::store);
        EXPECT_FALSE(store.error().remedy.empty()) << store.error().problem;
        return store.error().text();
    }
    TemporaryFolder folder_;
    mode_t before_ = 0;
};

/// What somebody who is not root needs for the tests below.
class AnothersFiles : public PrivateFiles {
protected:
    void SetUp() override
    {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root: it gives files to another user";
        PrivateFiles::SetUp();
    }
    void give_away(const fs::path& path) const { ASSERT_EQ(::lchown(path.c_str(), kNobody, kNobody), 0) << path; }
};

TEST_F(PrivateFiles, AreMadeForTheOwnerOnlyWhateverTheUmask)
{
    ::umask(0);
    auto store = open();
    store_one(store);
    EXPECT_EQ(mode_of(state()), 0700U);
    for (const char* suffix : kSuffixes)
        EXPECT_EQ(mode_of(file(suffix)), 0600U) << suffix;
}

TEST_F(PrivateFiles, ThatWereWiderAreTightened)
{
    const pid_t killed = ::fork();
    if (killed == 0) { // leaves its log behind
        auto store = open();
        store_one(store);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(killed, &status, 0), killed);
    fs::permissions(state(), fs::perms{0755});
    for (const char* suffix : kSuffixes)
        fs::permissions(file(suffix), fs::perms{0644});
    const auto store = open();
    for (const char* suffix : kSuffixes)
        EXPECT_EQ(mode_of(file(suffix)), 0600U) << suffix;
    EXPECT_EQ(store.count().value(), 1U);
    EXPECT_EQ(mode_of(state()), 0755U) << "a folder that was there is its owner's business";
}

// Who may open a file for reading may lock it (flock(2); fcntl(2), F_RDLCK), and nothing is leased while the log's lock is held.
TEST_F(AnothersFiles, NobodyElseCanLockThem)
{
    fs::create_directory(state()); // one that others may look into
    auto store = open();
    store_one(store);
    EXPECT_TRUE(as_nobody([&] {
        for (const char* suffix : kSuffixes) {
            EXPECT_EQ(::open(file(suffix).c_str(), O_RDONLY | O_CLOEXEC), -1) << suffix;
            EXPECT_EQ(errno, EACCES);
        }
    }));
}

TEST_F(AnothersFiles, AFolderOfAnotherUserIsRefused)
{
    fs::create_directory(state());
    give_away(state());
    EXPECT_THAT(refusal(), AllOf(HasSubstr("The folder " + state().string() + " belongs to nobody."), HasSubstr("--state-dir")));
    EXPECT_TRUE(fs::is_empty(state())) << "nothing is made in there";
}

TEST_F(AnothersFiles, AFileOfAnotherUserIsRefused)
{
    for (const char* suffix : kSuffixes) {
        {
            auto store = open();
            store_one(store);
        }
        if (!fs::exists(file(suffix))) write_file(file(suffix), "");
        give_away(file(suffix));
        EXPECT_THAT(
            refusal(),
            AllOf(HasSubstr(file(suffix).string() + " belongs to nobody."), HasSubstr("chown root '" + file(suffix).string())));
        fs::remove_all(state());
    }
}

// As root, reading a file of WAL mode makes two more beside it.
TEST_F(AnothersFiles, AFileOfAnotherUserIsNotReadEither)
{
    {
        auto store = open();
        store_one(store);
    }
    give_away(file());
    const auto store = LeaseStore::open_to_read(file());
    ASSERT_FALSE(store);
    EXPECT_THAT(store.error().text(), AllOf(HasSubstr("belongs to nobody."), HasSubstr("sudo -u nobody")));
}

TEST_F(PrivateFiles, AFolderThatOthersCanWriteToIsRefused)
{
    fs::create_directory(state());
    fs::permissions(state(), fs::perms{0775});
    EXPECT_THAT(refusal(),
                AllOf(HasSubstr("Others can write to the folder " + state().string() + "."),
                      HasSubstr("chmod go-w '" + state().string() + "'")));
    EXPECT_TRUE(fs::is_empty(state()));
}

// In a folder with the sticky bit others can leave what they like, but not replace what is ours.
TEST_F(PrivateFiles, LieInASharedFolderWithTheStickyBitToo)
{
    fs::create_directory(state());
    fs::permissions(state(), fs::perms{01777});
    auto store = open();
    store_one(store);
    EXPECT_EQ(mode_of(file()), 0600U);
}

TEST_F(PrivateFiles, ThroughASymbolicLinkAreRefusedAndNothingIsMadeAtItsEnd)
{
    fs::create_directory(state());
    for (const char* suffix : kSuffixes) {
        const auto elsewhere = folder_ / "elsewhere";
        fs::create_symlink(elsewhere, file(suffix));
        EXPECT_THAT(refusal(), HasSubstr(file(suffix).string() + " is a symbolic link.")) << suffix;
        EXPECT_FALSE(fs::exists(elsewhere)) << suffix;
        for (const char* made : kSuffixes)
            fs::remove(file(made));
    }
}

TEST_F(PrivateFiles, ThatAreNoFilesAreRefusedWithoutWaiting)
{
    fs::create_directory(state());
    for (const char* suffix : kSuffixes) {
        ASSERT_EQ(::mkfifo(file(suffix).c_str(), 0600), 0);
        EXPECT_THAT(refusal(), HasSubstr(file(suffix).string() + " is no ordinary file.")) << suffix;
        for (const char* made : kSuffixes)
            fs::remove(file(made));
    }
}

TEST_F(PrivateFiles, AFolderReachedThroughALinkOfOnesOwnServes)
{
    fs::create_directory(folder_ / "disk");
    fs::create_directory_symlink(folder_ / "disk", state());
    {
        auto store = open();
        store_one(store);
    }
    EXPECT_TRUE(fs::exists(folder_ / "disk" / "leases-eth0.sqlite"));
    EXPECT_EQ(LeaseStore::open_to_read(file()).value().count().value(), 1U);
}

// The lock is on the file, whatever way leads to it.
TEST_F(PrivateFiles, AFolderByAnotherNameHasTheSameLock)
{
    const auto held = LeaseStore::open(file());
    ASSERT_TRUE(held) << held.error().text();
    fs::create_directory_symlink(state(), folder_ / "another");
    const auto second = LeaseStore::open(folder_ / "another" / file().filename());
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().problem, HasSubstr("Another server"));
}

TEST_F(PrivateFiles, ALeaseFileOfTwoNamesIsRefused)
{
    {
        const auto made = LeaseStore::open(file());
        ASSERT_TRUE(made) << made.error().text();
    }
    fs::create_hard_link(file(), folder_ / "second.sqlite");
    const auto second = LeaseStore::open(folder_ / "second.sqlite");
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().problem, HasSubstr("has a second name (a hard link)"));
}

} // namespace
} // namespace dorascope::test
