// SPDX-License-Identifier: GPL-3.0-or-later
// A disk under SQLite that fails, fills up, and loses its power: a VFS before the real one.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <span>
#include <sqlite3.h>
#include <string>
#include <vector>

namespace dorascope::test {

/// While one exists, SQLite's files of this process lie on it. One at a time.
class BadDisk {
public:
    enum class Trouble {
        none,
        full, ///< no octet more
        write_fails,
        write_tears, ///< half of it is written, then it fails
        sync_fails,
        sync_waits, ///< until it is told to go on
        sync_waits_and_fails, ///< the same, and then it fails
    };

    BadDisk();
    ~BadDisk();
    BadDisk(const BadDisk&) = delete;
    BadDisk& operator=(const BadDisk&) = delete;

    /// From now on, for files whose name ends so; after so many more calls that go well.
    void have(Trouble trouble, std::string only = {}, int after = 0);
    int syncs() const;
    /// Called before each write, truncation and sync, on SQLite's thread.
    void before_each_call(std::function<void()> what) { before_ = std::move(what); }
    /// Somebody waits in sync().
    bool is_waited_for() const;

    /// The power goes now: into `folder`, every file as it could be found afterwards. What was synced is there; of what was written
    /// since, in no order, some whole, some in part (in sectors), some not at all.
    void power_cut(const std::filesystem::path& folder, std::mt19937& chance) const;

    // The VFS's side.
    int write(const std::string& name, std::span<const unsigned char> octets, std::size_t offset, std::size_t& allowed);
    int truncate(const std::string& name, std::size_t size);
    int sync(const std::string& name);
    void opened(const std::string& name);
    void removed(const std::string& name);

private:
    struct Change {
        bool truncates = false;
        std::size_t offset = 0;
        std::vector<unsigned char> octets;
    };
    struct File {
        std::vector<unsigned char> durable;
        std::vector<Change> since; ///< the last sync
    };
    bool strikes(const std::string& name, Trouble trouble);
    int sync_now(const std::string& name);
    static void apply(std::vector<unsigned char>& content, const Change& change);

    mutable std::mutex mutex_; ///< SQLite is on one thread, the test on another
    std::condition_variable told_;
    std::function<void()> before_;
    int waiting_ = 0;
    std::map<std::string, File> files_;
    Trouble trouble_ = Trouble::none;
    std::string only_;
    int after_ = 0, syncs_ = 0;
};

} // namespace dorascope::test
