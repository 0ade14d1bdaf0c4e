// SPDX-License-Identifier: GPL-3.0-or-later
// A program as a test starts it: its output is kept, it is ended by its pid, and never outlives the test.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace dorascope::test {

using namespace std::chrono_literals;

/// What a test waits at most for something that will come; a loaded machine takes its time, and nothing is gained by a short one.
inline constexpr std::chrono::seconds kDeadline{60};

/// Looks until `condition` holds or the deadline has passed; says which.
bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds deadline = kDeadline);

/// A folder of its own under the system's temporary one; gone with its owner.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

std::string contents(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& text);
std::vector<std::string> lines_of(const std::string& text);

struct Finished {
    int status = 0; ///< exit status; 128 + N when signal N ended it; −1 when it did not end in time
    std::string out, err;
};

class ChildProcess {
public:
    /// Starts argv[0], looked up in PATH. Standard input is `input`, a file; nothing by default.
    explicit ChildProcess(std::vector<std::string> argv, const std::filesystem::path& input = "/dev/null");
    ~ChildProcess(); ///< kills what still runs
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    pid_t pid() const { return pid_; }
    bool running();
    void send(int signal);
    std::string out() const; ///< so far
    std::string err() const;
    /// Until it ends by itself.
    Finished wait(std::chrono::milliseconds deadline = kDeadline);
    /// A signal, and then wait().
    Finished stop(int signal);

private:
    void reap(int options);
    TemporaryFolder folder_;
    pid_t pid_ = -1;
    bool ended_ = false;
    int status_ = -1;
};

/// Starts and waits.
Finished run_program(std::vector<std::string> argv, const std::filesystem::path& input = "/dev/null");

} // namespace dorascope::test
