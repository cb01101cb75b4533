using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Settings;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Providers;

namespace Dragoman.Gateway.Tests.Configuration;

public sealed class ConfigWatcherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-config-").FullName;
    private readonly ManualTime _time = new();
    private readonly List<ConfigChangedEventArgs> _changes = [];
    private readonly List<ConfigRejectedEventArgs> _rejections = [];

    private string File => Path.Combine(_folder, "config.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ConfigWatcher Watch(string yaml)
    {
        System.IO.File.WriteAllText(File, yaml);
        var watcher = new ConfigWatcher(File, ProviderModules.ConfigLoader.LoadFile(File), ProviderModules.ConfigLoader, _time);
        watcher.Changed += (_, change) => _changes.Add(change);
        watcher.Rejected += (_, rejection) => _rejections.Add(rejection);
        return watcher;
    }

    private void LookTwice()
    {
        _time.Advance(ConfigWatcher.Interval);
        _time.Advance(ConfigWatcher.Interval);
    }

    [Fact]
    public void A_changed_file_is_swapped_in_whole()
    {
        using var watcher = Watch("port: 1\n");
        System.IO.File.WriteAllText(File, "port: 2\n");
        LookTwice();
        watcher.Current.Listeners[0].Port.ShouldBe(2);
        var change = _changes.ShouldHaveSingleItem();
        (change.Previous.Listeners[0].Port, change.Current.Listeners[0].Port).ShouldBe((1, 2));
        LookTwice();
        _changes.Count.ShouldBe(1);
    }

    [Fact]
    public void A_file_put_in_the_old_ones_place_is_noticed()
    {
        using var watcher = Watch("port: 1\n");
        System.IO.File.WriteAllText(File + ".new", "port: 3\n");
        System.IO.File.Move(File + ".new", File, overwrite: true);
        LookTwice();
        watcher.Current.Listeners[0].Port.ShouldBe(3);
    }

    [Fact]
    public void A_bad_file_leaves_the_old_configuration_and_is_reported_once()
    {
        using var watcher = Watch("port: 1\n");
        System.IO.File.WriteAllText(File, "port: abc\n");
        LookTwice();
        LookTwice();
        watcher.Current.Listeners[0].Port.ShouldBe(1);
        _rejections.ShouldHaveSingleItem().Problems.ShouldHaveSingleItem().Path.ShouldBe("port");
        watcher.LastResult.IsUsable.ShouldBeFalse();
        System.IO.File.WriteAllText(File, "port: 4\n");
        LookTwice();
        watcher.Current.Listeners[0].Port.ShouldBe(4);
        _changes.Count.ShouldBe(1);
    }

    private const string Whole = "port: 1\napi-keys: [ one, two ]\nclaude-api-key:\n  - { name: a, api-key: k }\ndebug: true\n";

    [Theory]
    [InlineData("")]
    [InlineData("\n \n")]
    [InlineData("# nothing\n")]
    [InlineData("---\n{}\n")]
    [InlineData("\0\0\0\0")]
    [InlineData("port: 1\n")]
    [InlineData("port: 1\napi-keys: [ one, two ]\n")]
    [InlineData("port: 1\napi-keys: [ one, two ]\nclaude-api-key:\n  - { name: a, api-key: k }\ndebug: tr")]
    [InlineData("port: 1\napi-keys: [ one, two ]\nclaude-api-key:\n  - { name: a, api-key: k }")]
    [InlineData("port: 2\nclaude-api-key:\n  - { name: a, api-key: k }\n")]
    [InlineData("port: 2\n#api-keys: [ one ]\nclaude-api-key:\n  - { name: a, api-key: k }\n")]
    public void A_file_that_was_emptied_or_cut_off_or_lost_its_keys_is_a_faulty_edit(string left)
    {
        using var watcher = Watch(Whole);
        System.IO.File.WriteAllText(File, left);
        LookTwice();
        _changes.ShouldBeEmpty();
        watcher.Current.ApiKeys.ShouldBe(["one", "two"]);
        watcher.Current.Accounts.Count.ShouldBe(1);
        _rejections.ShouldHaveSingleItem().Problems.ShouldContain(problem => problem.Severity == DiagnosticSeverity.Error);
        // What is whole again is taken.
        System.IO.File.WriteAllText(File, Whole.Replace("port: 1", "port: 3", StringComparison.Ordinal));
        LookTwice();
        watcher.Current.Listeners[0].Port.ShouldBe(3);
    }

    [Theory]
    [InlineData("port: 2\napi-keys: []\n")]
    [InlineData("port: 2\napi-keys: [ ] # none are meant\nclaude-api-key:\n  - { name: a, api-key: k }\n")]
    [InlineData("port: 2\napi-keys: [ three ]\n")]
    [InlineData("port: 2\napi-keys: [ one, two ]\nclaude-api-key:\n  - { name: a, api-key: k }")]
    public void What_was_meant_is_taken(string text)
    {
        using var watcher = Watch(Whole);
        System.IO.File.WriteAllText(File, text);
        LookTwice();
        _rejections.ShouldBeEmpty();
        watcher.Current.Listeners[0].Port.ShouldBe(2);
    }

    [Fact]
    public void A_file_still_being_written_is_waited_for()
    {
        using var watcher = Watch("port: 1\n");
        System.IO.File.WriteAllText(File, "port: 2\n");
        _time.Advance(ConfigWatcher.Interval);
        System.IO.File.WriteAllText(File, "port: 2\ndebug: true\n");
        _time.Advance(ConfigWatcher.Interval);
        _changes.ShouldBeEmpty();
        _time.Advance(ConfigWatcher.Interval);
        _changes.ShouldHaveSingleItem().Current.Logging.Debug.ShouldBeTrue();
    }

    [Fact]
    public void A_missing_file_is_no_change()
    {
        using var watcher = Watch("port: 1\n");
        System.IO.File.Delete(File);
        LookTwice();
        watcher.Current.Listeners[0].Port.ShouldBe(1);
        _rejections.ShouldBeEmpty();
    }

    [Fact]
    public void A_listener_that_throws_stops_neither_the_watch_nor_the_process()
    {
        using var watcher = Watch("port: 1\n");
        watcher.Changed += (_, _) => throw new InvalidOperationException();
        System.IO.File.WriteAllText(File, "port: 2\n");
        LookTwice();
        System.IO.File.WriteAllText(File, "port: 3\n");
        LookTwice();
        watcher.Current.Listeners[0].Port.ShouldBe(3);
    }

    [Fact]
    public void A_reload_on_demand_does_not_wait()
    {
        using var watcher = Watch("port: 1\n");
        System.IO.File.WriteAllText(File, "port: 5\n");
        watcher.Reload().IsUsable.ShouldBeTrue();
        watcher.Current.Listeners[0].Port.ShouldBe(5);
    }
}
