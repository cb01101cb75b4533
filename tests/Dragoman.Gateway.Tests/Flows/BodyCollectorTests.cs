using System.Text;
using Dragoman.Gateway.Flows;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Tests.Flows;

public sealed class BodyCollectorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(5_000)]
    public void Whatever_the_pieces_the_same_is_kept(int piece)
    {
        var body = Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, 1_000).Select(n => $"w{n}")));
        var kept = Collect(body, 400, piece, out var cut);
        cut.ShouldBeTrue();
        kept.ShouldBe(Collect(body, 400, body.Length, out _));
        kept.Length.ShouldBeLessThan(400 + 60);
        var whole = Encoding.ASCII.GetString(body);
        var halves = kept.Split("\n[dragoman: ");
        whole.ShouldStartWith(halves[0]);
        whole.ShouldEndWith(halves[1][(halves[1].IndexOf('\n') + 1)..]);
        kept.ShouldContain($"[dragoman: {body.Length - halves[0].Length - halves[1].Length + halves[1].IndexOf('\n') + 1} bytes left out]");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(299)]
    [InlineData(300)]
    [InlineData(399)]
    [InlineData(400)]
    public void What_fits_is_kept_as_it_is(int length)
    {
        var body = Encoding.ASCII.GetBytes(new string('x', length));
        Collect(body, 400, 33, out var cut).ShouldBe(new string('x', length));
        cut.ShouldBeFalse();
    }

    [Fact]
    public void No_half_of_a_key_is_left_at_a_cut()
    {
        // The key stands across the end of what is kept at the head, and another across the beginning of the tail.
        for (var shift = 0; shift < 60; shift++)
        {
            var body = Encoding.ASCII.GetBytes(new string(' ', 280 - shift) + "sk-verysecretverysecret" + new string(' ', 300) + "sk-othersecretothersecret" + new string(' ', 40 + shift));
            var kept = Collect(body, 400, 50, out _);
            kept = new SecretMaskProbe().Apply(kept);
            kept.ShouldNotContain("secret");
            kept.ShouldNotContain("ecre");
        }
    }

    [Fact]
    public void What_is_kept_counts_in_the_memory_of_all_and_is_left_out_where_there_is_none()
    {
        var budget = new MemoryBudget(300_000);
        var body = Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, 100_000).Select(n => $"w{n}")));
        using (var share = new MemoryShare(budget))
        {
            using var collector = new BodyCollector(1 << 20, share: share);
            for (var at = 0; at < body.Length; at += 1_000)
            {
                collector.Append(body.AsSpan(at, Math.Min(1_000, body.Length - at)));
                budget.Used.ShouldBeLessThanOrEqualTo(300_000);
            }

            budget.Used.ShouldBeGreaterThan(200_000);
            collector.Length.ShouldBe(body.Length);
            collector.IsCut.ShouldBeTrue();
            collector.Kept.ShouldBeInRange(250_000, 400_000);
            Encoding.ASCII.GetString(collector.ToArray()).ShouldContain("bytes left out]");
        }

        budget.Used.ShouldBe(0);
    }

    private static string Collect(byte[] body, int limit, int piece, out bool cut)
    {
        using var collector = new BodyCollector(limit);
        for (var at = 0; at < body.Length; at += piece) collector.Append(body.AsSpan(at, Math.Min(piece, body.Length - at)));
        collector.Length.ShouldBe(body.Length);
        cut = collector.IsCut;
        return Encoding.ASCII.GetString(collector.ToArray());
    }

    private sealed class SecretMaskProbe
    {
        public string Apply(string text) => Encoding.ASCII.GetString(new SecretRedactor([]).Apply(Encoding.ASCII.GetBytes(text), out _));
    }
}
