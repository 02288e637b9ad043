// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace thv {

/// How far the pull of an image is.
struct Pull {
    enum class Phase {
        begun,       ///< told once, as the first
        waiting,     ///< the registry is asked
        downloading, ///< layers come
        unpacking,   ///< all have come
        pulled,      ///< told once, as the last
        failed,      ///< instead of pulled; why is told otherwise
    };
    std::string image;
    Phase phase = Phase::begun;
    std::size_t layers = 0; ///< known so far: engines tell of them as they come
    std::size_t layers_done = 0;
    std::int64_t current = 0; ///< bytes of the layers that are not there yet
    std::int64_t total = 0;   ///< bytes of those whose size is known; 0 when none is
    Duration elapsed{};

    bool operator==(const Pull&) const = default;
};

/// "Pulling IMAGE" or "Pulled IMAGE (12.3 MB in 3s)" for the first and the last phase, nothing for those between.
std::string line_of(const Pull& pull);

/// Who is told while something goes on, if anybody is; called on the thread of the task. Cheap to copy.
class Progress {
public:
    /// A line for the person who waits.
    using Say = std::function<void(std::string_view line)>;
    /// A pull began, has come further, or is done. Also told ten times per second when nothing has changed, so that
    /// what is drawn can be drawn anew.
    using See = std::function<void(const Pull& pull)>;

    Progress() = default;
    Progress(Say say, See see)
        : say_(std::move(say))
        , see_(std::move(see)) {}
    /// Gets lines about pulls, too.
    template <std::invocable<std::string_view> Lines>
        requires(!std::same_as<std::remove_cvref_t<Lines>, Progress>)
    Progress(Lines&& say) // NOLINT: a callable is a Progress
        : say_(std::forward<Lines>(say)) {}

    explicit operator bool() const { return static_cast<bool>(say_); }
    void operator()(std::string_view line) const {
        if (say_) say_(line);
    }
    void operator()(const Pull& pull) const;

private:
    Say say_;
    See see_;
};

} // namespace thv
