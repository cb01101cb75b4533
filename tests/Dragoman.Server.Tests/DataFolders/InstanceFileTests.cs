using Dragoman.Server.DataFolders;

namespace Dragoman.Server.Tests.DataFolders;

/// <summary>Whose reservations are nobody's at the next start.</summary>
[Trait("speed", "fast")]
public sealed class InstanceFileTests
{
    [Fact]
    public void Starts_that_are_cut_short_forget_nobody()
    {
        using var folder = new TempFolder();
        PreviousInstanceFile.Begin(folder.Path, "first").ShouldBeEmpty();
        // Killed while it answered; the second is killed before it has settled what the first left.
        PreviousInstanceFile.Begin(folder.Path, "second").ShouldBe(["first"]);
        var before = PreviousInstanceFile.Begin(folder.Path, "third");
        before.ShouldBe(["first", "second"]);
        PreviousInstanceFile.Complete(folder.Path, before);
        PreviousInstanceFile.Begin(folder.Path, "fourth").ShouldBe(["third"]);
    }
}
