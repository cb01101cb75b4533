using System.Text;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Tests.CredentialRefresh;

/// <summary>
/// Five processes renew the logins of twenty accounts at a vendor that takes each token once, while processes are killed, cut off from the database and wrong about the
/// time. A login is lost when the vendor's good token had arrived at a process that lives, and is not in the database at the end.
/// </summary>
[Trait("speed", "slow")]
public sealed class RefreshSimulationTests
{
    private const int Accounts = 20;
    private const int Nodes = 5;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_login_is_lost_over_ten_thousand_refreshes(int seed) => Simulate(seed, 10_000);

    /// <summary><c>DRAGOMAN_REFRESHES=1000000</c> makes it the long proof (some minutes).</summary>
    [Fact]
    public void No_login_is_lost_over_many_refreshes()
        => Simulate(4, long.TryParse(Environment.GetEnvironmentVariable("DRAGOMAN_REFRESHES"), System.Globalization.CultureInfo.InvariantCulture, out var refreshes) ? refreshes : 50_000);

    private static void Simulate(int seed, long refreshes)
    {
        var world = new SimulatedWorld();
        world.Run(async () =>
        {
            var random = new Random(seed);
            var database = new SimulatedDatabase(world);
            var vendor = new SimulatedVendor(new Random(seed + 1_000));
            for (var number = 0; number < Accounts; number++)
            {
                var id = $"a{number}";
                database.Accounts[id] = new StoredAccount { Id = id, Label = id, Provider = "p", CredentialKind = "oauth", Version = 1, Secret = Encoding.ASCII.GetBytes(vendor.SignIn(id)) };
            }

            var made = 0;
            SimulatedProcess Start() => new(database, vendor, world.ClockWith(TimeSpan.FromSeconds(random.Next(-600, 600))), new Random(random.Next()), $"n{made++}");
            var nodes = Enumerable.Range(0, Nodes).Select(_ => Start()).ToArray();
            var clock = world.ClockWith(TimeSpan.Zero);
            var (kills, cuts, signIns) = (0, 0, 0);
            var asked = new List<Task>();
            var problems = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            while (vendor.Refreshes < refreshes)
            {
                // Several nodes want the same account at once, as requests do after a 401.
                var account = $"a{random.Next(Accounts)}";
                foreach (var node in nodes.Where(_ => random.Next(2) == 0)) asked.Add(AskAsync(node, account));
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200, 1_500)), clock);
                asked.RemoveAll(task => task.IsCompleted);
                if (random.Next(100) == 0)
                {
                    var place = random.Next(Nodes);
                    nodes[place].IsKilled = true;
                    nodes[place] = Start();
                    kills++;
                }

                if (random.Next(50) == 0)
                {
                    var node = nodes[random.Next(Nodes)];
                    node.IsPartitioned = !node.IsPartitioned;
                    cuts++;
                }

                signIns += SignInWhereAsked(database, vendor, problems, world.Now);
            }

            foreach (var node in nodes) node.IsPartitioned = false;
            // Whoever still has something to save does so now; nobody waits longer than a lease.
            await Task.Delay(TimeSpan.FromMinutes(10), clock);
            foreach (var (id, (token, holder)) in vendor.Good)
            {
                var stored = database.Accounts[id];
                var isStored = Encoding.ASCII.GetString(stored.Secret.Span) == token;
                // What arrived at a living process is in the database; what did not is known to be gone, and nothing pretends otherwise.
                if (holder is { IsKilled: false }) isStored.ShouldBeTrue($"the login of {id} arrived and was lost");
                if (!isStored) (stored.Problem is not null || stored.Refresh is not null).ShouldBeTrue($"nobody knows that the login of {id} is gone");
            }

            kills.ShouldBeGreaterThan((int)(refreshes / 1_000));
            cuts.ShouldBeGreaterThan((int)(refreshes / 1_000));
            // Only a kill or a broken connection in the moment between the vendor and the database costs a login.
            signIns.ShouldBeLessThan((int)(refreshes / 100));
        });
    }

    private static async Task AskAsync(SimulatedProcess node, string account)
    {
        var version = node.CellOf(account)!.Current.Version;
        node.CellOf(account)!.Reject(version);
        await node.Refresher.RefreshAsync(account, version, CancellationToken.None);
    }

    /// <summary>
    /// Owners sign in again twenty minutes after they were asked to. By then every process that has something to save has saved it: one whose good token is in the hands of
    /// a living process was asked because it was lost.
    /// </summary>
    private static int SignInWhereAsked(SimulatedDatabase database, SimulatedVendor vendor, Dictionary<string, DateTimeOffset> asked, DateTimeOffset now)
    {
        var done = 0;
        foreach (var stored in database.Accounts.Values.ToList())
        {
            if (stored.Problem is null)
            {
                asked.Remove(stored.Id);
                continue;
            }

            if (asked.TryAdd(stored.Id, now) || now - asked[stored.Id] < TimeSpan.FromMinutes(20)) continue;
            (vendor.Good[stored.Id].HeldBy is { IsKilled: false, IsPartitioned: false }).ShouldBeFalse($"the login of {stored.Id} arrived and was lost");
            database.Update(stored with { Secret = Encoding.ASCII.GetBytes(vendor.SignIn(stored.Id)), Problem = null, Refresh = null }, fence: null);
            done++;
        }

        return done;
    }
}
