using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Command = Dragoman.Server.Tests.Cli.Program;

namespace Dragoman.Server.Tests.Logins;

/// <summary>
/// Five gateways, each a process of its own, on one PostgreSQL, renew logins at a vendor that takes each refresh token once and ends a login whose spent token comes again. Nodes are killed at any
/// moment. What the vendor has given to a process that lived to save it is in the store at the end; a login is lost only where the process that was given its successor was killed before it saved it.
/// </summary>
public sealed class RefreshProcessTests
{
    /// <summary>How many accounts are used at a time.</summary>
    private const int Users = 12;

    private static readonly int Wanted = int.TryParse(Environment.GetEnvironmentVariable("DRAGOMAN_PROCESS_REFRESHES"), CultureInfo.InvariantCulture, out var number) ? number : 120;

    /// <summary>A killed node's right to renew an account keeps that account from the others for two minutes: the long proof has enough others.</summary>
    private static readonly int Accounts = Wanted > 1000 ? 120 : Users;

    /// <summary>How many nodes are asked for an account at once: all, and two of them in the long proof, which is about renewals and not about requests.</summary>
    private static readonly int Asked = Wanted > 1000 ? 2 : Cluster.Nodes;

    private static readonly TimeSpan RightToRenew = TimeSpan.FromMinutes(2);

    private static readonly HttpClient Outside = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    /// <summary><c>DRAGOMAN_PROCESS_REFRESHES=10000</c> makes it the long proof (some minutes).</summary>
    [Fact]
    public async Task Five_processes_on_one_store_lose_no_login_though_they_are_killed()
    {
        await using var place = new PostgresPlace();
        await place.PrepareAsync();
        using var folder = new TempFolder();
        await using var emulator = await EmulatorHost.StartAsync(new EmulatorOptions());
        await using var cluster = await Cluster.StartAsync($"{place.Address};Timeout=120", folder, emulator.Address);
        for (var account = 0; account < Accounts; account++) await cluster.SignInAsync(account);

        var (random, output) = (new Random(5), TestContext.Current.TestOutputHelper);
        var killer = Task.Run(async () =>
        {
            // About every fortieth renewal a node dies in the middle of whatever it does.
            for (var next = 40; next < Wanted; next += random.Next(30, 60))
            {
                await cluster.Vendor.ReachedAsync(next);
                await cluster.KillAsync(random.Next(2) == 0 ? cluster.Exchanging() ?? 0 : random.Next(Cluster.Nodes));
                output?.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {cluster.Vendor.Renewals} renewals, {cluster.Kills} kills, {cluster.Lost.Count} logins lost, {cluster.Faults.Count} faults");
            }
        });
        using var enough = new CancellationTokenSource();
        _ = cluster.Vendor.ReachedAsync(Wanted).ContinueWith(_ => enough.Cancel(), TaskScheduler.Default);
        var turns = new AccountTurns(Accounts);
        await Task.WhenAll(Enumerable.Range(0, Users).Select(_ => cluster.UseAsync(turns, enough.Token)));
        cluster.Vendor.Finish();
        await killer;

        var report = new StringBuilder($"{cluster.Vendor.Renewals} renewals of {Accounts} accounts, {cluster.Kills} kills, {cluster.Lost.Count} logins lost to a kill between the vendor's answer and its saving\n");
        foreach (var loss in cluster.Lost.Order(StringComparer.Ordinal)) report.Append(loss).Append('\n');
        output?.WriteLine(report.ToString());
        cluster.Faults.ShouldBeEmpty();
        cluster.Vendor.Renewals.ShouldBeGreaterThanOrEqualTo(Wanted);
        cluster.Kills.ShouldBeGreaterThan(0);
        await cluster.StopAsync();
        await CheckStoreAsync(place.Address, cluster);
    }

    private static async Task CheckStoreAsync(string store, Cluster cluster)
    {
        Directory.CreateDirectory(cluster.Folder.File("last"));
        File.Copy(cluster.KeyFile, Path.Combine(cluster.Folder.File("last"), "master.key"));
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = $"port: 0\nstore: {{ postgres: \"{store}\", patience-seconds: 300 }}\n", DataFolder = cluster.Folder.File("last"), LogLevel = LogLevel.None });
        var stored = gateway.Services.GetRequiredService<AccountRegistry>().Entries.Where(entry => entry.Account is not null).ToDictionary(entry => entry.Id, entry => (OAuthCredential)entry.Account!.Credential);
        for (var account = 0; account < Accounts; account++)
        {
            var last = cluster.Vendor.LastOf($"acct-w{account}");
            if (stored[cluster.Ids[account]].RefreshToken != last.Refresh) last.Node.IsKilled.ShouldBeTrue($"the login of account {account} arrived at a process that lives, and is not in the store");
        }
    }

    /// <summary>One process; the vendor sees it at an address of its own.</summary>
    private sealed class Node(RawUpstream front, int place) : IAsyncDisposable
    {
        public int Place => place;

        public RawUpstream Front => front;

        public Command? Process { get; set; }

        public HttpClient? Http { get; set; }

        private long _killed;

        /// <summary>When it was killed; null for one that lives.</summary>
        public DateTime? KilledAt
        {
            get => Volatile.Read(ref _killed) is > 0 and var ticks ? new DateTime(ticks, DateTimeKind.Utc) : null;
            set => Volatile.Write(ref _killed, value?.Ticks ?? 0);
        }

        public bool IsKilled => KilledAt is not null;

        /// <summary>How many of its questions to the vendor are not answered yet.</summary>
        public int Exchanges;

        public async ValueTask DisposeAsync()
        {
            Http?.Dispose();
            if (Process is not null) await Process.DisposeAsync();
            await front.DisposeAsync();
        }
    }

    /// <summary>What the vendor gave to whom.</summary>
    private sealed class VendorLog
    {
        private readonly ConcurrentDictionary<string, (string Refresh, Node Node, DateTime At)> _last = new();
        private readonly ConcurrentDictionary<int, TaskCompletionSource> _waiting = new();
        private int _renewals;

        public int Renewals => Volatile.Read(ref _renewals);

        public (string Refresh, Node Node, DateTime At) LastOf(string account) => _last[account];

        public void Give(string answer, Node node, bool isRenewal)
        {
            var tokens = JsonNode.Parse(answer)!;
            var claims = tokens["access_token"]!.GetValue<string>().Split('.')[1].Replace('-', '+').Replace('_', '/');
            var account = JsonNode.Parse(Convert.FromBase64String(claims.PadRight((claims.Length + 3) / 4 * 4, '=')))!["https://api.openai.com/auth"]!["chatgpt_account_id"]!.GetValue<string>();
            _last[account] = (tokens["refresh_token"]!.GetValue<string>(), node, DateTime.UtcNow);
            if (!isRenewal) return;
            var count = Interlocked.Increment(ref _renewals);
            foreach (var (at, waiting) in _waiting)
                if (at <= count) waiting.TrySetResult();
        }

        /// <summary>Waits for so many renewals.</summary>
        public Task ReachedAsync(int count)
        {
            var waiting = _waiting.GetOrAdd(count, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (Renewals >= count) waiting.TrySetResult();
            return waiting.Task;
        }

        public void Finish()
        {
            foreach (var waiting in _waiting.Values) waiting.TrySetResult();
        }
    }

    private sealed class Cluster(string store, TempFolder folder, Uri vendor) : IAsyncDisposable
    {
        public const int Nodes = 5;

        private static readonly int[] Places = [.. Enumerable.Range(0, Nodes)];

        private readonly Node[] _nodes = new Node[Nodes];
        private readonly ConcurrentBag<Node> _dead = [];
        private int _kills;

        public VendorLog Vendor { get; } = new();

        public TempFolder Folder => folder;

        public string KeyFile => folder.File("master.key");

        public string[] Ids { get; } = new string[Accounts];

        public ConcurrentBag<string> Faults { get; } = [];

        public int Kills => _kills;

        /// <summary>The logins whose owner had to sign in again, each with its reason.</summary>
        public ConcurrentBag<string> Lost { get; } = [];

        public static async Task<Cluster> StartAsync(string store, TempFolder folder, Uri vendor)
        {
            var cluster = new Cluster(store, folder, vendor);
            await File.WriteAllTextAsync(cluster.KeyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");
            var first = await cluster.StartNodeAsync(0);
            cluster._nodes[0] = first;
            var others = await Task.WhenAll(Enumerable.Range(1, Nodes - 1).Select(cluster.StartNodeAsync));
            others.CopyTo(cluster._nodes, 1);
            return cluster;
        }

        /// <summary>The owner signs in at some node, and begins anew where that is killed.</summary>
        public async Task SignInAsync(int account)
        {
            while (true)
            {
                var node = Live(account);
                try
                {
                    await SignInAsync(node.Http!, account);
                    return;
                }
                catch (HttpRequestException) when (node.IsKilled)
                {
                }
            }
        }

        private async Task SignInAsync(HttpClient http, int account)
        {
            var begun = await SendAsync(http, HttpMethod.Post, "logins", new { provider = "chatgpt", headless = true, save = true });
            // A browser goes to the vendor itself.
            var address = new UriBuilder(begun["address"]!.GetValue<string>() + $"&emulated_user=ada&emulated_workspace=w{account}") { Port = vendor.Port }.Uri;
            using var consent = await Outside.GetAsync(address);
            var done = await SendAsync(http, HttpMethod.Post, $"logins/{begun["id"]}/complete", new { text = consent.Headers.Location!.AbsoluteUri });
            done["status"]!.GetValue<string>().ShouldBe("saved", done.ToJsonString());
            Ids[account] = done["account_id"]!.GetValue<string>();
            await SendAsync(http, HttpMethod.Patch, $"accounts/{Ids[account]}", new { settings = new { prefix = $"w{account}" } });
        }

        /// <summary>One account after the other: the vendor ends its access token, and clients of all nodes ask for it at once; until there were enough renewals.</summary>
        public async Task UseAsync(AccountTurns turns, CancellationToken enough)
        {
            try
            {
                while (true)
                {
                    var account = await turns.NextAsync(enough);
                    turns.Return(account, await UseAsync(account, enough) ? TimeSpan.Zero : RightToRenew);
                }
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
            }
        }

        /// <summary>One end of an account's access token; false where a killed node had the right to renew it.</summary>
        private async Task<bool> UseAsync(int account, CancellationToken enough)
        {
            (await Outside.GetAsync(new Uri(vendor, $"/chatgpt/emulated/expire?account=acct-w{account}"), CancellationToken.None)).EnsureSuccessStatusCode();
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(enough);
            var answers = new List<string>();
            await foreach (var ask in Task.WhenEach(Asking().Select(place => AskAsync(Live(place), account, leaving.Token))))
            {
                answers.Add(await ask);
                // Others that wait for what the killed node began do not get it before its right has ended.
                if (answers[^1] == "killed") leaving.CancelAfter(TimeSpan.FromSeconds(5));
            }

            enough.ThrowIfCancellationRequested();
            if (answers.Contains("needs-sign-in"))
            {
                // Only the kill of the node that was given the successor is a reason.
                var (_, node, at) = Vendor.LastOf($"acct-w{account}");
                if (node.KilledAt is not { } killed) Faults.Add($"account {account} has to sign in, and no process was killed with its tokens");
                else Lost.Add($"account {account}: the vendor answered at {at:HH:mm:ss.fff}, the node was killed {(killed - at).TotalMilliseconds:0} ms later");
                await SignInAsync(account);
                return true;
            }

            return !answers.Contains("refused") && !answers.Contains("left");
        }

        private static int[] Asking()
        {
            var places = (int[])Places.Clone();
            Random.Shared.Shuffle(places);
            return places[..Asked];
        }

        /// <summary>A node that waits for the vendor at this moment.</summary>
        public int? Exchanging() => _nodes.FirstOrDefault(node => Volatile.Read(ref node.Exchanges) > 0)?.Place;

        /// <summary>Kills a node, and starts another in its place.</summary>
        public async Task KillAsync(int place)
        {
            var node = _nodes[place];
            node.KilledAt = DateTime.UtcNow;
            node.Process!.Signal("KILL");
            await node.Process.EndAsync(TimeSpan.FromSeconds(30));
            _dead.Add(node);
            Interlocked.Increment(ref _kills);
            _nodes[place] = await StartNodeAsync(place);
        }

        public async Task StopAsync()
        {
            foreach (var node in _nodes) node.Process!.Signal("TERM");
            foreach (var node in _nodes) await node.Process!.EndAsync(TimeSpan.FromSeconds(60));
        }

        public async ValueTask DisposeAsync()
        {
            // One that was killed and has no successor yet is in both.
            foreach (var node in _nodes.Concat(_dead).Distinct())
                if (node is not null) await node.DisposeAsync();
        }

        private Node Live(int place) => Enumerable.Range(0, Nodes).Select(next => _nodes[(place + next) % Nodes]).First(node => !node.IsKilled);

        private async Task<Node> StartNodeAsync(int place)
        {
            Node? node = null;
            var front = await RawUpstream.StartAsync(async (context, _) =>
            {
                using var passed = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(vendor, context.Request.Path.Value + context.Request.QueryString));
                var body = (string)context.Items[RawUpstream.BodyItem]!;
                passed.Content = new StringContent(body, Encoding.UTF8, context.Request.ContentType!.Split(';')[0]);
                Interlocked.Increment(ref node!.Exchanges);
                using var answer = await Outside.SendAsync(passed);
                var text = await answer.Content.ReadAsStringAsync();
                if (answer.IsSuccessStatusCode && context.Request.Path.Value!.EndsWith("/oauth/token", StringComparison.Ordinal)) Vendor.Give(text, node, body.Contains("refresh_token", StringComparison.Ordinal));
                // The way back takes its time, as it does: who is killed meanwhile never gets what the vendor has given out.
                await Task.Delay(20);
                Interlocked.Decrement(ref node.Exchanges);
                await context.SayAsync((int)answer.StatusCode, text);
            });
            node = new Node(front, place);
            var at = Directory.CreateDirectory(folder.File($"node-{Guid.NewGuid():N}")).FullName;
            File.Copy(KeyFile, Path.Combine(at, "master.key"));
            var config = Path.Combine(at, "config.yaml");
            await File.WriteAllTextAsync(config, $$"""
                port: 0
                request-retry: 0
                flows: { mode: off }
                store: { postgres: "{{store}}", patience-seconds: 300 }
                providers:
                  chatgpt:
                    auth-url: {{front.Address}}/chatgpt/auth
                    base-url: {{vendor.AbsoluteUri.TrimEnd('/')}}/chatgpt/backend-api/codex

                """);
            node.Process = Command.Start("serve", "--config", config, "--data", at);
            node.Http = new HttpClient { BaseAddress = await AddressOfAsync(node.Process), Timeout = TimeSpan.FromMinutes(5) };
            return node;
        }

        /// <summary>Where a process listens; a machine that is busy starts one slowly.</summary>
        private static async Task<Uri> AddressOfAsync(Command process)
        {
            for (var minute = 0; ; minute++)
            {
                try
                {
                    return await process.AddressAsync();
                }
                catch (TimeoutException) when (minute < 9)
                {
                }
            }
        }

        private async Task<string> AskAsync(Node node, int account, CancellationToken leaving, bool again = false)
        {
            try
            {
                using var answer = await node.Http!.PostAsJsonAsync("/v1/chat/completions", new { model = $"w{account}/gpt-5.5", messages = new[] { new { role = "user", content = "say:hello" } } }, leaving);
                var text = await answer.Content.ReadAsStringAsync(leaving);
                if (answer.IsSuccessStatusCode) return "answered";
                // A change reaches a node within a second, and tokens end faster here: a node that has just started may meet two ends with one request.
                if (text.Contains("account_token_refused", StringComparison.Ordinal) && !again) return await AskAsync(node, account, leaving, again: true);
                if (text.Contains("sign in again", StringComparison.OrdinalIgnoreCase)) return "needs-sign-in";
                // A node that was killed while it had the right to renew keeps the others waiting until the right ends.
                if (!text.Contains("Another node has been renewing", StringComparison.Ordinal)) Faults.Add($"account {account}: {(int)answer.StatusCode} {text}");
                return "refused";
            }
            catch (Exception ex) when (ex is HttpRequestException or IOException or OperationCanceledException)
            {
                if (node.IsKilled) return "killed";
                if (!leaving.IsCancellationRequested) Faults.Add($"account {account}: {ex.Message}");
                return "left";
            }
        }

        private static async Task<JsonNode> SendAsync(HttpClient http, HttpMethod method, string path, object body)
        {
            using var request = new HttpRequestMessage(method, "/api/v1/" + path) { Content = JsonContent.Create(body) };
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            answer.IsSuccessStatusCode.ShouldBeTrue(text);
            return JsonNode.Parse(text)!;
        }
    }
}
