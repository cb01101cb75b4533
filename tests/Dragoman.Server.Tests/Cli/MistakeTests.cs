namespace Dragoman.Server.Tests.Cli;

/// <summary>A mistake is one line with the cause and what to do, and the documented exit code; never a stack trace.</summary>
public sealed class MistakeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-mistakes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<int, string, string> Lines => new()
    {
        { 2, "serve --port 99999", "'99999' is no port" },
        { 2, "serve --port eighty", "'eighty' is no port" },
        { 2, "emulate --port -1", "'-1' is no port" },
        { 2, "serv", "Did you mean 'serve'?" },
        { 2, "keys lst", "Did you mean 'list'?" },
        { 2, "serve --prot 1", "Did you mean '--port'?" },
        { 2, "serve --log-level Loud", "Loud" },
        { 1, "serve --config {folder}/keys.yaml --port 0 --host 203.0.113.7", "is not one of this machine's" },
        { 1, "serve --port 0 --host not_a..host", "There is no host 'not_a..host'" },
        { 78, "serve --config {folder}", "cannot be read" },
        { 78, "serve --config {folder}/missing.yaml", "does not exist" },
        { 78, "doctor --config {folder}/missing.yaml", "does not exist" },
        { 78, "models --config {folder}", "cannot be read" },
        { 1, "serve --port 0 --data {folder}/file", "cannot be used" },
        { 1, "serve --port 0 --config {folder}/tls.yaml", "There is no file" },
        { 1, "serve --demo --config {folder}/tls.yaml", "leave out --config" },
        { 1, "backup {folder}/b --data {folder}/nowhere", "There is no store" },
        { 1, "settings secret --data {folder}/nowhere", "There is no store" },
        { 1, "settings rotate-key --data {folder}/nowhere", "There is no store" },
        { 1, "restore {folder}/file --data {folder}/nowhere", "There is no data folder" },
        { 1, "keys list --url nonsense", "is no address" },
        { 1, "models --url http://127.0.0.1:1", "No gateway answers at http://127.0.0.1:1/" },
        { 1, "explain m --url http://127.0.0.1:1", "No gateway answers at http://127.0.0.1:1/" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task One_line_and_the_right_code(int code, string line, string words)
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "x");
        File.WriteAllText(Path.Combine(_folder, "keys.yaml"), "api-keys: [ long-enough-client-key ]\n");
        File.WriteAllText(Path.Combine(_folder, "tls.yaml"), "port: 0\ntls: { enable: true, cert: /nonexistent/a.pem, key: /nonexistent/a.key }\n");
        var run = await Program.RunAsync([.. line.Replace("{folder}", _folder, StringComparison.Ordinal).Split(' ')]);
        run.Code.ShouldBe(code, run.Out + run.Error);
        (run.Out + run.Error).ShouldContain(words);
        (run.Out + run.Error).ShouldNotContain("   at ");
        (run.Out + run.Error).ShouldNotContain("Exception");
        run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeLessThanOrEqualTo(2, run.Error);
        Directory.Exists(Path.Combine(_folder, "nowhere")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("help")]
    [InlineData("help keys create")]
    [InlineData("keys create --help")]
    public async Task Help_is_had_by_the_word_too(string line)
    {
        var run = await Program.RunAsync(line.Split(' '));
        run.Code.ShouldBe(0, run.Error);
        run.Out.ShouldContain("Usage:");
        if (line.Contains("keys", StringComparison.Ordinal)) run.Out.ShouldContain("--budget");
    }

    [Fact]
    public async Task The_beginning_of_a_command_shows_how_it_goes_on()
    {
        var run = await Program.RunAsync("keys");
        run.Code.ShouldBe(2);
        run.Out.ShouldContain("rotate");
    }
}
