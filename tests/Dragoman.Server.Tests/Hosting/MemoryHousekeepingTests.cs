using Dragoman.Protocols.Json;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Api.Responses;

namespace Dragoman.Server.Tests.Hosting;

/// <summary>After a rush the memory goes back to the system, and a heap that is needed is not collected again and again.</summary>
[Trait("speed", "fast")]
public sealed class MemoryHousekeepingTests
{
    [Fact]
    public async Task What_no_body_needs_is_given_back_and_what_is_needed_is_left_alone()
    {
        var clock = new ShiftedTimeProvider(TimeSpan.FromSeconds(1));
        var (held, needed, collected) = (100L << 20, 100L << 20, 0);
        await using var keeper = new MemoryHousekeeping(new MemoryBudget(1 << 30), clock, () => held, () =>
        {
            collected++;
            held = needed;
        });
        clock.Turn(MemoryHousekeeping.Interval);
        collected.ShouldBe(0, "little is held");
        held = 2L << 30;
        clock.Turn(MemoryHousekeeping.Interval);
        collected.ShouldBe(1);
        (held, needed) = (1L << 30, 1L << 30);
        for (var i = 0; i < 100; i++) clock.Turn(MemoryHousekeeping.Interval);
        collected.ShouldBeLessThan(8);
    }

    [Fact]
    public void Large_arrays_are_kept_within_a_bound_and_not_after_a_trim()
    {
        var arrays = Enumerable.Range(0, 12).Select(_ => ByteArrays.Rent(16 << 20)).ToArray();
        arrays.ShouldAllBe(array => array.Length == 16 << 20);
        foreach (var array in arrays) ByteArrays.Return(array);
        ByteArrays.KeptBytes.ShouldBeInRange(1, 64 << 20);
        ByteArrays.Trim();
        ByteArrays.KeptBytes.ShouldBeLessThan(64 << 20);
    }
}
