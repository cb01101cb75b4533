using Dragoman.Management.Emulators;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Emulators;

/// <summary>Emulated upstreams where the host has none; with them see <c>SwitchTests</c> of the server, which runs the real program.</summary>
public sealed class EmulatorServiceTests
{
    [Fact]
    public async Task A_host_without_any_says_so()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var emulators = fixture.Get<EmulatorService>();
        emulators.Get().ShouldSatisfyAllConditions(one => one.Available.ShouldBeFalse(), one => one.Running.ShouldBeFalse(), one => one.Accounts.ShouldBeEmpty());
        await emulators.StartAsync(ManagementFixture.Owner, default).ErrorAsync(Conflict, "no_emulators");
        (await emulators.StopAsync(ManagementFixture.Owner, default).ValueAsync()).Running.ShouldBeFalse();
        (await fixture.AuditAsync()).ShouldBeEmpty();
    }
}
