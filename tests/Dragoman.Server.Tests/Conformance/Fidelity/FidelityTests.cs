namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>No silent loss: whatever is asked or answered is seen on the other side, or is told as lost. What was seen is docs/reference/fidelity.md.</summary>
[Trait("speed", "fast")]
public sealed class FidelityTests(FidelityRun run) : IClassFixture<FidelityRun>
{
    [Fact]
    public void Everything_crosses_or_is_told_as_lost() => string.Join("\n", run.Silent).ShouldBeEmpty();

    [Fact]
    public void The_page_says_what_was_observed()
    {
        var page = FidelityPage.Of(run);
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) folder = folder.Parent;
        var path = Path.Combine(folder!.FullName, "docs", "reference", "fidelity.md");
        if (Environment.GetEnvironmentVariable("DRAGOMAN_WRITE_DOCS") == "1") File.WriteAllText(path, page);
        (File.Exists(path) ? File.ReadAllText(path) : "").ShouldBe(page, "docs/reference/fidelity.md is not what the tests observe; write it anew with DRAGOMAN_WRITE_DOCS=1 ./test");
    }
}
