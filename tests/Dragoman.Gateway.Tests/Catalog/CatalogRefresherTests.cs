using System.Net;
using System.Text;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Providers;

namespace Dragoman.Gateway.Tests.Catalog;

public sealed class CatalogRefresherTests : IDisposable
{
    private const string First = """{"models": [{"id": "house-1", "context": 1000}], "prices": [{"model": "house-1", "input": 1, "output": 2}]}""";
    private const string Second = """{"models": [{"id": "house-1", "context": 2000}, {"id": "house-2", "context": 3000}]}""";

    private readonly ManualTime _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-catalogue-").FullName;
    private readonly Answers _answers = new();
    private readonly HttpMessageInvoker _http;
    private ModelCatalog _known = ModelCatalog.BuiltIn;
    private IReadOnlyList<ModelPrice> _prices = [];

    public CatalogRefresherTests() => _http = new HttpMessageInvoker(_answers);

    private string Path => System.IO.Path.Combine(_folder, "models.json");

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_is_there_from_the_start_and_a_bad_one_leaves_the_old_in_place()
    {
        await File.WriteAllTextAsync(Path, First, TestContext.Current.CancellationToken);
        await using var keeper = Keep(new CatalogOptions { File = Path });
        _known.Find("house-1")!.ContextWindow.ShouldBe(1000);
        _prices.ShouldHaveSingleItem().Rates.Output.ShouldBe(2);
        keeper.Status.ShouldBe(new CatalogStatus(true, _time.GetUtcNow(), "dragoman", 1, 1, null)
        {
            Location = Path, IsFile = true, Dated = new DateTimeOffset(File.GetLastWriteTimeUtc(Path), TimeSpan.Zero), CheckedAt = _time.GetUtcNow(),
        });
        _time.Advance(TimeSpan.FromSeconds(1));

        await File.WriteAllTextAsync(Path, "{ half a fi", TestContext.Current.CancellationToken);
        var status = await keeper.RefreshAsync(TestContext.Current.CancellationToken);
        status.Problem.ShouldNotBeNull().ShouldContain("not JSON");
        status.Models.ShouldBe(1);
        (status.CheckedAt - status.TakenAt).ShouldBe(TimeSpan.FromSeconds(1));
        _known.Find("house-1")!.ContextWindow.ShouldBe(1000);
        _prices.Count.ShouldBe(1);

        await File.WriteAllTextAsync(Path, Second, TestContext.Current.CancellationToken);
        (await keeper.RefreshAsync(TestContext.Current.CancellationToken)).Problem.ShouldBeNull();
        _known.Find("house-1")!.ContextWindow.ShouldBe(2000);
        _known.Find("house-2")!.ContextWindow.ShouldBe(3000);
        _prices.ShouldBeEmpty();

        File.Delete(Path);
        (await keeper.RefreshAsync(TestContext.Current.CancellationToken)).Problem.ShouldBe("The file does not exist.");
        _known.Find("house-2").ShouldNotBeNull();
    }

    [Fact]
    public async Task An_address_is_asked_again_when_it_is_due_and_never_another_one()
    {
        _answers.Next = () => Answers.Json(First);
        await using var keeper = Keep(new CatalogOptions { Url = new Uri("https://lists.example/models.json?token=t"), Refresh = TimeSpan.FromHours(1) });
        (await keeper.RefreshAsync(TestContext.Current.CancellationToken)).Problem.ShouldBeNull();
        _known.Find("house-1")!.ContextWindow.ShouldBe(1000);

        _answers.Next = () => new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("https://elsewhere.example/models.json") } };
        (await keeper.RefreshAsync(TestContext.Current.CancellationToken)).Problem.ShouldNotBeNull().ShouldContain("not followed");
        _answers.Next = () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        (await keeper.RefreshAsync(TestContext.Current.CancellationToken)).Problem.ShouldBe("The address answered 503.");
        _answers.Next = () => throw new HttpRequestException("no route");
        (await keeper.RefreshAsync(TestContext.Current.CancellationToken)).Problem.ShouldNotBeNull().ShouldContain("no route");
        _answers.Next = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Endless()) };
        (await keeper.RefreshAsync(TestContext.Current.CancellationToken)).Problem.ShouldNotBeNull().ShouldContain("bytes");
        _known.Find("house-1")!.ContextWindow.ShouldBe(1000);

        _answers.Next = () => Answers.Json(Second);
        var asked = _answers.Asked.Count;
        _time.Advance(TimeSpan.FromMinutes(6));
        await _answers.UntilAsync(asked + 1);
        _answers.Asked.ShouldAllBe(address => address == "https://lists.example/models.json?token=t");
    }

    [Theory]
    [InlineData("\"v1\"", "If-None-Match: \"v1\"")]
    [InlineData("W/\"v1\"", "If-None-Match: W/\"v1\"")]
    [InlineData(null, "If-Modified-Since: Tue, 10 Nov 2026 08:00:00 GMT")]
    public async Task A_list_that_has_not_changed_is_not_sent_again(string? tag, string condition)
    {
        var day = new DateTimeOffset(2026, 11, 10, 8, 0, 0, TimeSpan.Zero);
        _answers.Next = () => Answers.Json(First, tag, day);
        await using var keeper = Keep(new CatalogOptions { Url = new Uri("https://lists.example/models.json?token=t"), Refresh = TimeSpan.FromHours(1) });
        var first = await keeper.RefreshAsync(TestContext.Current.CancellationToken);
        (first.Location, first.IsFile, first.Dated).ShouldBe(("https://lists.example/models.json", false, day));
        var taken = _known;

        _time.Advance(TimeSpan.FromMinutes(1));
        _answers.Next = () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        (await keeper.RefreshAsync(TestContext.Current.CancellationToken)).Problem.ShouldNotBeNull();
        _answers.Next = () => new HttpResponseMessage(HttpStatusCode.NotModified);
        var again = await keeper.RefreshAsync(TestContext.Current.CancellationToken);
        _answers.Conditions.Last().ShouldBe(condition);
        again.ShouldBe(first with { CheckedAt = _time.GetUtcNow() });
        _known.ShouldBeSameAs(taken);

        // A bad list does not take the place of the one that is in force, in the question either.
        _answers.Next = () => Answers.Json("{ half", "\"v2\"", day.AddDays(1));
        (await keeper.RefreshAsync(TestContext.Current.CancellationToken)).Problem.ShouldNotBeNull();
        _answers.Next = () => Answers.Json(Second, "\"v3\"", day.AddDays(2));
        var second = await keeper.RefreshAsync(TestContext.Current.CancellationToken);
        _answers.Conditions.Last().ShouldBe(condition);
        (second.Models, second.Dated, second.Problem).ShouldBe((2, day.AddDays(2), null));

        // Another address knows nothing of the first one's marks.
        _answers.Next = () => Answers.Json(First);
        keeper.Configure(new CatalogOptions { Url = new Uri("https://others.example/models.json") });
        await keeper.RefreshAsync(TestContext.Current.CancellationToken);
        _answers.Conditions.Last().ShouldBe("");
    }

    [Fact]
    public void The_table_that_ships_has_a_date() => ModelCatalog.BuiltInDate.ShouldBeGreaterThanOrEqualTo(new DateOnly(2026, 11, 26));

    [Fact]
    public async Task Without_one_the_table_that_ships_holds_again()
    {
        await File.WriteAllTextAsync(Path, First, TestContext.Current.CancellationToken);
        await using var keeper = Keep(new CatalogOptions { File = Path });
        _known.Find("house-1").ShouldNotBeNull();
        keeper.Configure(new CatalogOptions());
        _known.ShouldBeSameAs(ModelCatalog.BuiltIn);
        _prices.ShouldBeEmpty();
        keeper.Status.ShouldBe(CatalogStatus.None);
    }

    [Fact]
    public void The_router_takes_up_what_a_list_says_of_models()
    {
        var config = Config.Load("""
            openai-compatibility:
              - { name: own, base-url: "http://127.0.0.1:1/v1", api-key-entries: [ { api-key: k } ], models: [ house-1 ] }
            """);
        var router = new Router(config.ToRouting(), _time);
        router.VisibleModels().Single().Facts.ContextWindow.ShouldBeNull();
        router.Apply(ModelCatalog.BuiltIn.With(CatalogReader.Read(Encoding.UTF8.GetBytes(First)).Models));
        router.VisibleModels().Single().Facts.ContextWindow.ShouldBe(1000);
        router.Apply(config.ToRouting());
        router.VisibleModels().Single().Facts.ContextWindow.ShouldBe(1000);
    }

    [Theory]
    [InlineData("{ file: models.json, url: \"https://x.example/a.json\" }", "both a file and an address")]
    [InlineData("{ url: \"ftp://x.example/a.json\" }", "not an address")]
    [InlineData("{ url: \"https://me:pw@x.example/a.json\" }", "user name or password")]
    [InlineData("{ file: models.json, refresh: 10s }", "once a minute")]
    [InlineData("{ fil: models.json }", "fil")]
    public void Mistakes_are_told_at_the_start(string catalog, string problem)
    {
        var result = ProviderModules.ConfigLoader.Load($"models: {{ catalog: {catalog} }}\n", "config.yaml");
        result.Problems.ShouldContain(item => item.ToString().Contains(problem));
    }

    [Fact]
    public void The_configuration_names_the_list()
    {
        var options = Config.Load("models: { catalog: { url: \"https://models.dev/api.json\", refresh: 12h } }\n").Catalog;
        options.ShouldBe(new CatalogOptions { Url = new Uri("https://models.dev/api.json"), Refresh = TimeSpan.FromHours(12) });
        Config.Load("models: { catalog: { file: models.json } }\n").Catalog.Refresh.ShouldBe(TimeSpan.FromHours(24));
        Config.Load("").Catalog.IsConfigured.ShouldBeFalse();
    }

    [Fact]
    public void The_former_name_of_the_key_still_works_and_is_reported()
    {
        var result = ProviderModules.ConfigLoader.Load("models: { catalogue: { file: models.json } }\n", "config.yaml");
        result.Config!.Catalog.File.ShouldBe("models.json");
        result.Problems.Single().ToString().ShouldContain("now called 'catalog'");
    }

    private CatalogRefresher Keep(CatalogOptions options)
        => new(options, (catalog, listed) => (_known, _prices) = (catalog, listed), () => _http, _time);

    private sealed class Answers : HttpMessageHandler
    {
        private readonly SemaphoreSlim _arrived = new(0);

        public Func<HttpResponseMessage> Next { get; set; } = () => Json("{}");

        public System.Collections.Concurrent.ConcurrentQueue<string> Asked { get; } = new();

        /// <summary>On what condition each was asked.</summary>
        public System.Collections.Concurrent.ConcurrentQueue<string> Conditions { get; } = new();

        public static HttpResponseMessage Json(string text, string? tag = null, DateTimeOffset? dated = null)
        {
            var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text) };
            if (tag is not null) answer.Headers.TryAddWithoutValidation("ETag", tag);
            answer.Content.Headers.LastModified = dated;
            return answer;
        }

        public async Task UntilAsync(int count)
        {
            while (Asked.Count < count) (await _arrived.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Enqueue(request.RequestUri!.ToString());
            Conditions.Enqueue(request.Headers.IfNoneMatch.Count > 0 ? $"If-None-Match: {request.Headers.IfNoneMatch}" : request.Headers.IfModifiedSince is { } since ? $"If-Modified-Since: {since:R}" : "");
            _arrived.Release();
            return Task.FromResult(Next());
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _arrived.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>A body without end.</summary>
    private sealed class Endless : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => 0; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
