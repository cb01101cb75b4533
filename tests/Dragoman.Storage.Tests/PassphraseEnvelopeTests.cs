using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Secrets;

namespace Dragoman.Storage.Tests;

/// <summary>A file that a passphrase opens, whole and unaltered or not at all.</summary>
public sealed class PassphraseEnvelopeTests
{
    private const string Passphrase = "correct horse battery";
    private static readonly PassphraseCost Cheap = new(64, 1, 1);
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("""{"a":"refresh-token-that-nobody-may-see"}""");

    [Fact]
    public void The_passphrase_opens_what_it_has_closed()
    {
        PassphraseEnvelope.Open(PassphraseEnvelope.Seal(Content, Passphrase), Passphrase).ShouldBe(Content, "with the cost that everybody gets");
        PassphraseEnvelope.Open(PassphraseEnvelope.Seal([], Passphrase, Cheap), Passphrase).ShouldBeEmpty();
        PassphraseEnvelope.Open(PassphraseEnvelope.Seal(Content, "Zoë’s 猫", Cheap), "Zoë’s 猫").ShouldBe(Content);
    }

    [Fact]
    public void Nothing_of_the_content_is_in_the_file_and_no_two_files_are_alike()
    {
        var (one, two) = (PassphraseEnvelope.Seal(Content, Passphrase, Cheap), PassphraseEnvelope.Seal(Content, Passphrase, Cheap));
        for (var at = 0; at + 8 <= Content.Length; at++) one.AsSpan().IndexOf(Content.AsSpan(at, 8)).ShouldBe(-1);
        one.AsSpan().IndexOf("correct"u8).ShouldBe(-1);
        one.AsSpan(28).SequenceEqual(two.AsSpan(28)).ShouldBeFalse();
        one.AsSpan(28, 16).SequenceEqual(two.AsSpan(28, 16)).ShouldBeFalse("salt");
        one.AsSpan(44, 12).SequenceEqual(two.AsSpan(44, 12)).ShouldBeFalse("nonce");
        one.AsSpan(0, 28).ToArray().ShouldBe([.. "dragoman-bundle\n"u8, 1, 1, 1, 1, 64, 0, 0, 0, 1, 0, 0, 0]);
    }

    [Theory]
    [InlineData("correct horse batterz")]
    [InlineData("correct horse battery ")]
    [InlineData("")]
    public void Another_passphrase_does_not_open_it(string passphrase)
    {
        if (passphrase.Length == 0)
        {
            Should.Throw<ArgumentException>(() => PassphraseEnvelope.Open(PassphraseEnvelope.Seal(Content, Passphrase, Cheap), passphrase));
            return;
        }

        Should.Throw<SecretUnreadableException>(() => PassphraseEnvelope.Open(PassphraseEnvelope.Seal(Content, Passphrase, Cheap), passphrase)).Message.ShouldBe("The passphrase is wrong, or the bundle was altered.");
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_or_has_more_is_refused()
    {
        var whole = PassphraseEnvelope.Seal(Content, Passphrase, Cheap);
        for (var length = 0; length < whole.Length; length++)
            Should.Throw<SecretUnreadableException>(() => PassphraseEnvelope.Open(whole.AsSpan(0, length), Passphrase)).Message.ShouldMatch("no bundle|not whole");
        Should.Throw<SecretUnreadableException>(() => PassphraseEnvelope.Open([.. whole, 0], Passphrase)).Message.ShouldContain("not whole");
    }

    [Fact]
    public void A_file_that_was_altered_anywhere_is_refused()
    {
        var whole = PassphraseEnvelope.Seal(Content, Passphrase, Cheap);
        for (var at = 0; at < whole.Length; at++)
        {
            var altered = whole.ToArray();
            altered[at] ^= 1;
            Should.Throw<SecretUnreadableException>(() => PassphraseEnvelope.Open(altered, Passphrase), $"byte {at}");
        }
    }

    [Theory]
    [InlineData(19, 0)]
    [InlineData(19, 17)]
    [InlineData(22, 5)]
    [InlineData(23, 0x80)]
    [InlineData(24, 0)]
    [InlineData(24, 11)]
    [InlineData(27, 0x80)]
    public void A_header_that_asks_for_too_much_is_refused_without_paying(int at, byte value)
    {
        var file = PassphraseEnvelope.Seal(Content, Passphrase, Cheap);
        file[at] = value;
        Should.Throw<SecretUnreadableException>(() => PassphraseEnvelope.Open(file, Passphrase)).Message.ShouldContain("more memory or time");
    }

    [Fact]
    public void A_later_format_says_so()
    {
        var file = PassphraseEnvelope.Seal(Content, Passphrase, Cheap);
        file[16] = 2;
        Should.Throw<SecretUnreadableException>(() => PassphraseEnvelope.Open(file, Passphrase)).Message.ShouldContain("newer");
        Should.Throw<ArgumentException>(() => PassphraseEnvelope.Seal(new byte[PassphraseEnvelope.MaxContent + 1], Passphrase, Cheap));
    }
}
