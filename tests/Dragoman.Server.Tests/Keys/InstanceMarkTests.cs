using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Serving;

namespace Dragoman.Server.Tests.Keys;

/// <summary>Whose reservations are nobody's at the next start.</summary>
public sealed class InstanceMarkTests
{
    [Fact]
    public void Starts_that_are_cut_short_forget_nobody()
    {
        using var folder = new TempFolder();
        InstanceMark.Enter(folder.Path, "first").ShouldBeEmpty();
        // Killed while it answered; the second is killed before it has settled what the first left.
        InstanceMark.Enter(folder.Path, "second").ShouldBe(["first"]);
        var before = InstanceMark.Enter(folder.Path, "third");
        before.ShouldBe(["first", "second"]);
        InstanceMark.Settled(folder.Path, before);
        InstanceMark.Enter(folder.Path, "fourth").ShouldBe(["third"]);
    }
}
