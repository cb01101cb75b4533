using Dragoman.Server.Tests.Support;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Dragoman.Server.Tests.ClientKeys;

/// <summary>A gateway whose PostgreSQL stops answering without closing a connection, and one whose SQLite file takes no writes.</summary>
public sealed class HangingStoreTests
{
    /// <summary>Far below the half minute for which everything stood still once, far above what a busy machine needs.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    private string _free = "";

    [Fact]
    public async Task Only_requests_that_need_the_store_are_refused_and_they_are_served_again_when_it_answers()
    {
        await using var place = new PostgresPlace();
        await place.PrepareAsync();
        var address = new NpgsqlConnectionStringBuilder(place.Address);
        await using var proxy = new StallingProxy(address.Port);
        address.Port = proxy.Port;
        await using var rig = await KeyFixture.StartAsync(more: $"store: {{ postgres: \"{address.ConnectionString}\" }}\n");
        try
        {
            await HangAsync(rig, proxy.Stall, proxy.GoOn, async () =>
            {
                // What is kept is in the store: whoever asks for it is told, whatever it is and however it is asked for.
                foreach (var what in (string[])["\"previous_response_id\":\"resp_1\"", "\"conversation\":\"conv_1\"", "\"input\":[{\"type\":\"item_reference\",\"id\":\"msg_1\"}]"])
                {
                    foreach (var more in (string[])["", ",\"stream\":true", ",\"background\":true"])
                        await AwayAsync(rig, HttpMethod.Post, "/v1/responses", $$"""{"model":"m",{{(what.StartsWith("\"input", StringComparison.Ordinal) ? "" : "\"input\":\"hi\",")}}{{what}}{{more}}}""");
                }

                foreach (var path in (string[])["responses/resp_1", "responses/resp_1/input_items", "conversations/conv_1", "conversations/conv_1/items"])
                    await AwayAsync(rig, HttpMethod.Get, "/v1/" + path, null);
                await AwayAsync(rig, HttpMethod.Delete, "/v1/responses/resp_1", null);
            });
        }
        finally
        {
            proxy.GoOn();
        }
    }

    [Fact]
    public async Task A_SQLite_file_that_takes_no_writes_does_not_either_hold_up_others()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        await using var rig = await KeyFixture.StartAsync(more: "store: { patience-seconds: 2 }\n", data: data);
        await using var holder = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(data, "dragoman.db"), Pooling = false }.ToString());
        await holder.OpenAsync();
        await HangAsync(rig, () => Run(holder, "BEGIN EXCLUSIVE"), () => Run(holder, "ROLLBACK"), async () =>
        {
            // What is only read is there.
            (await rig.ManageAsync(HttpMethod.Get, "keys").WaitAsync(Long)).ToJsonString().ShouldContain("budgeted");
            (await rig.ManageAsync(HttpMethod.Get, "accounts").WaitAsync(Long)).ToJsonString().ShouldContain("one");
            using var unknown = await rig.SendAsync(HttpMethod.Get, "/v1/responses/resp_1", null, _free).WaitAsync(Long);
            ((int)unknown.StatusCode).ShouldBe(404);
        });
    }

    /// <summary>Sixty with a budget meet a store that hangs, others go on, and so does all of it afterwards.</summary>
    private async Task HangAsync(KeyFixture rig, Action hold, Action goOn, Func<Task> meanwhile)
    {
        var (_, budgeted) = await rig.MakeAsync("budgeted", """ "budgets":[{"unit":"tokens","period":"day","limit":1000000}] """);
        (_, _free) = await rig.MakeAsync("free");
        (await rig.StatusAsync(budgeted)).ShouldBe(200);
        (await rig.StatusAsync(_free)).ShouldBe(200);
        var calls = rig.Upstream.Calls;

        hold();
        var waiting = Enumerable.Range(0, 60).Select(_ => RefusedAsync(rig, budgeted)).ToArray();
        for (var round = 0; round < 20; round++)
        {
            (await rig.StatusAsync(_free).WaitAsync(Long)).ShouldBe(200);
            using var health = await rig.SendAsync(HttpMethod.Get, "/health", null, null).WaitAsync(Long);
            ((int)health.StatusCode).ShouldBe(200);
        }

        var refused = await Task.WhenAll(waiting).WaitAsync(Long);
        refused.ShouldAllBe(answer => answer.Status == 503 && answer.Text.Contains("\"error\"", StringComparison.Ordinal) && answer.Text.Contains("store", StringComparison.OrdinalIgnoreCase));
        await meanwhile();
        (await rig.StatusAsync(_free).WaitAsync(Long)).ShouldBe(200);
        rig.Upstream.Calls.ShouldBe(calls + 21);

        goOn();
        var end = Environment.TickCount64 + 30_000;
        while (await rig.StatusAsync(budgeted) != 200)
        {
            Environment.TickCount64.ShouldBeLessThan(end);
            await Task.Delay(100);
        }
    }

    private async Task AwayAsync(KeyFixture rig, HttpMethod method, string path, string? body)
    {
        using var answer = await rig.SendAsync(method, path, body, _free).WaitAsync(Long);
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(503, $"{method} {path} {body}: {text}");
        text.ShouldContain("store_unavailable");
        answer.Headers.RetryAfter.ShouldNotBeNull(path);
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task<(int Status, string Text)> RefusedAsync(KeyFixture rig, string key)
    {
        using var answer = await rig.AskAsync(key);
        return ((int)answer.StatusCode, await answer.TextAsync());
    }
}
