using Dragoman.Server.DataFolders;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Server.Tests.Keys;

/// <summary>Whose reservations are nobody's at the next start.</summary>
public sealed class InstanceMarkTests
{
    [Fact]
    public void Starts_that_are_cut_short_forget_nobody()
    {
        using var folder = new TempFolder();
        PreviousInstanceFile.Enter(folder.Path, "first").ShouldBeEmpty();
        // Killed while it answered; the second is killed before it has settled what the first left.
        PreviousInstanceFile.Enter(folder.Path, "second").ShouldBe(["first"]);
        var before = PreviousInstanceFile.Enter(folder.Path, "third");
        before.ShouldBe(["first", "second"]);
        PreviousInstanceFile.Settled(folder.Path, before);
        PreviousInstanceFile.Enter(folder.Path, "fourth").ShouldBe(["third"]);
    }
}
