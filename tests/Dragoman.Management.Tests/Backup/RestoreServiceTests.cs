using System.Text;
using Dragoman.Management.Backup;
using Dragoman.Management.Hosting;
using Dragoman.Management.Keys;
using Dragoman.Management.Tests.Support;
using Dragoman.Gateway.Persistence;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Backup;

/// <summary>A backup that is handed over waits, whole, for the next start; and what becomes of it there.</summary>
public sealed class RestoreServiceTests
{
    [Fact]
    public async Task A_backup_waits_and_is_restored_at_the_next_start()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var (restores, waiting) = (fixture.Get<RestoreService>(), fixture.Get<WaitingRestore>());
        await fixture.Store.Settings.SetAsync(new Setting("kept", "before"), null);
        var saved = await BackupAsync(fixture);
        await fixture.Store.Settings.SetAsync(new Setting("kept", "after"), null);

        var view = await restores.PutAsync(new MemoryStream(saved), "/home/me/monday.backup", ManagementFixture.Owner, default).ValueAsync();
        view.Waiting.ShouldNotBeNull().ShouldSatisfyAllConditions(one => one.Name.ShouldBe("monday.backup"), one => one.Bytes.ShouldBe(saved.Length), one => one.Rows.ShouldBeGreaterThan(0));
        (await fixture.Store.Settings.GetAsync("kept"))!.Value.ShouldBe("after");
        Directory.GetFiles(Data(fixture), "*.part").ShouldBeEmpty();

        await waiting.ApplyAsync(default);
        (await fixture.Store.Settings.GetAsync("kept"))!.Value.ShouldBe("before");
        restores.Get().ShouldSatisfyAllConditions(one => one.Waiting.ShouldBeNull(), one => one.Last.ShouldNotBeNull().Succeeded.ShouldBeTrue());
        File.Exists(Path.Combine(Data(fixture), restores.Get().Last!.Kept)).ShouldBeTrue();
        (await fixture.AuditAsync())[^1].ShouldStartWith("backup.restore monday.backup done");
        await waiting.ApplyAsync(default);
        Directory.GetFiles(Data(fixture), "before-restore-*").Length.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_no_whole_backup_is_refused_and_leaves_nothing_behind()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var restores = fixture.Get<RestoreService>();
        var saved = await BackupAsync(fixture);
        foreach (var content in (byte[][])[[], Encoding.UTF8.GetBytes("no backup"), saved[..(saved.Length / 2)]])
        {
            var error = await restores.PutAsync(new MemoryStream(content), "odd", ManagementFixture.Owner, default).ErrorAsync(Invalid, "backup_unreadable");
            error.Message.ShouldStartWith("The file is not a whole backup");
        }

        await Should.ThrowAsync<EndOfStreamException>(() => restores.PutAsync(new Torn(saved), "torn", ManagementFixture.Owner, default));
        restores.Get().Waiting.ShouldBeNull();
        Directory.GetFiles(Data(fixture), "*.part").ShouldBeEmpty();
        (await restores.DiscardAsync(ManagementFixture.Owner))!.Kind.ShouldBe(NotFound);
    }

    [Fact]
    public async Task What_waits_is_replaced_and_forgotten()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var restores = fixture.Get<RestoreService>();
        var saved = await BackupAsync(fixture);
        await restores.PutAsync(new MemoryStream(saved), "one", ManagementFixture.Owner, default).ValueAsync();
        (await restores.PutAsync(new MemoryStream(saved), "two", ManagementFixture.Owner, default).ValueAsync()).Waiting!.Name.ShouldBe("two");
        (await restores.DiscardAsync(ManagementFixture.Owner)).ShouldBeNull();
        Directory.GetFiles(Data(fixture), "restore-waiting*").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_restored_after_all_is_set_aside()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var restores = fixture.Get<RestoreService>();
        await restores.PutAsync(new MemoryStream(await BackupAsync(fixture)), "one", ManagementFixture.Owner, default).ValueAsync();
        await File.WriteAllTextAsync(Path.Combine(Data(fixture), "restore-waiting.backup"), "damaged since");
        await fixture.Get<WaitingRestore>().ApplyAsync(default);
        restores.Get().ShouldSatisfyAllConditions(one => one.Waiting.ShouldBeNull(), one => one.Last!.Succeeded.ShouldBeFalse(), one => one.Last!.Problem.ShouldNotBeNull().ShouldContain("whole backup"));
        (await File.ReadAllTextAsync(Path.Combine(Data(fixture), restores.Get().Last!.Kept))).ShouldBe("damaged since");
    }

    [Fact]
    public async Task A_database_that_others_use_is_not_restored_by_one_of_them()
    {
        await using var fixture = await ManagementFixture.StartAsync("store: { postgres: 'Host=db' }\n");
        await fixture.Get<RestoreService>().PutAsync(new MemoryStream(), null, ManagementFixture.Owner, default).ErrorAsync(Conflict, "store_shared");
        fixture.Get<RestoreService>().Get().ShouldSatisfyAllConditions(one => one.Possible.ShouldBeFalse(), one => one.Objection.ShouldNotBeNull());
    }

    [Fact]
    public async Task A_restart_is_asked_for_and_written_down()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        (await fixture.Get<RestartService>().RestartAsync(ManagementFixture.Owner)).ShouldBeNull();
        fixture.Process.WasAskedToRestart.ShouldBeTrue();
        (await fixture.AuditAsync()).ShouldBe(["gateway.restart test done"]);
    }

    private static string Data(ManagementFixture fixture) => fixture.Get<ManagementPaths>().Data!;

    private static async Task<byte[]> BackupAsync(ManagementFixture fixture)
    {
        await fixture.Get<ClientKeyService>().CreateAsync(new KeySettings { Name = $"key-{Guid.NewGuid():N}" }, ManagementFixture.Owner, default).ValueAsync();
        var made = await fixture.Get<BackupService>().MakeAsync(withoutFlows: false, ManagementFixture.Owner, default).ValueAsync();
        using var copy = new MemoryStream();
        await using (made.Content) await made.Content.CopyToAsync(copy);
        return copy.ToArray();
    }

    /// <summary>A body whose sender goes away in the middle.</summary>
    private sealed class Torn(byte[] content) : MemoryStream(content[..(content.Length / 2)])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => await base.ReadAsync(buffer, cancellationToken) is var read and > 0 ? read : throw new EndOfStreamException();
    }
}
